/** A time as IAM shows it: in whole seconds. @param epochMilliseconds as stored */
export const shownTime = (epochMilliseconds: number): Date => new Date(Math.floor(epochMilliseconds / 1000) * 1000);

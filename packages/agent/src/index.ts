export { buildImage, busyboxImage, type ImageLoader, type ImageToBuild } from "./images/build-image.ts";

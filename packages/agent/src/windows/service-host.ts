/**
 * The program that the service manager of Windows starts: it runs the agent, asks it to stop by closing its standard input, and
 * ends with its exit code, so that the manager restarts what failed. C# 5, which is what the compiler in Windows understands.
 * Its one argument names a file: `program=`, `arguments=` and `log=`, an empty line, then NAME=VALUE of the environment.
 */
export const serviceHostSource = String.raw`using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.ServiceProcess;
using System.Text;
using System.Threading;

public sealed class HatobaService : ServiceBase
{
    private const int GraceMs = 30000;
    private const long LargestLog = 16L * 1024 * 1024;
    private readonly string settingsPath;
    private readonly object gate = new object();
    private Process agent;
    private StreamWriter log;
    private bool stopping;

    public HatobaService(string settingsPath)
    {
        this.settingsPath = settingsPath;
        ServiceName = "HatobaECS";
        CanShutdown = true;
    }

    public static int Main(string[] arguments)
    {
        if (arguments.Length != 1)
        {
            Console.Error.WriteLine("usage: hatoba-ecs-service.exe SETTINGS");
            return 2;
        }
        HatobaService service = new HatobaService(arguments[0]);
        ServiceBase.Run(service);
        return service.ExitCode;
    }

    protected override void OnStart(string[] arguments)
    {
        Dictionary<string, string> own = new Dictionary<string, string>();
        Dictionary<string, string> environment = new Dictionary<string, string>();
        Dictionary<string, string> current = own;
        foreach (string line in File.ReadAllLines(settingsPath, Encoding.UTF8))
        {
            int equals = line.IndexOf('=');
            if (line.Length == 0) current = environment;
            else if (equals > 0) current[line.Substring(0, equals)] = line.Substring(equals + 1);
        }
        OpenLog(own["log"]);
        ProcessStartInfo start = new ProcessStartInfo(own["program"], own["arguments"]);
        start.UseShellExecute = false;
        start.CreateNoWindow = true;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        foreach (KeyValuePair<string, string> pair in environment) start.EnvironmentVariables[pair.Key] = pair.Value;
        agent = new Process();
        agent.StartInfo = start;
        agent.EnableRaisingEvents = true;
        agent.OutputDataReceived += delegate(object sender, DataReceivedEventArgs line) { Write(line.Data); };
        agent.ErrorDataReceived += delegate(object sender, DataReceivedEventArgs line) { Write(line.Data); };
        agent.Exited += delegate { AgentEnded(); };
        agent.Start();
        agent.BeginOutputReadLine();
        agent.BeginErrorReadLine();
    }

    protected override void OnStop()
    {
        lock (gate) stopping = true;
        if (agent == null || agent.HasExited) return;
        RequestAdditionalTime(GraceMs + 5000);
        agent.StandardInput.Close();
        if (!agent.WaitForExit(GraceMs)) agent.Kill();
    }

    protected override void OnShutdown()
    {
        OnStop();
    }

    private void AgentEnded()
    {
        lock (gate)
        {
            if (stopping) return;
        }
        int code = agent.ExitCode;
        Write("service: the agent ended with exit code " + code);
        ExitCode = code;
        ThreadPool.QueueUserWorkItem(delegate { Stop(); });
    }

    private void OpenLog(string path)
    {
        FileInfo file = new FileInfo(path);
        if (file.Exists && file.Length > LargestLog)
        {
            File.Delete(path + ".1");
            File.Move(path, path + ".1");
        }
        log = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite), new UTF8Encoding(false));
        log.AutoFlush = true;
    }

    private void Write(string line)
    {
        if (line == null) return;
        lock (log) log.WriteLine(line);
    }
}
`;

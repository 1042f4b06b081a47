using System.Diagnostics;
using System.Text;

namespace RemoteStore.CompatTests.Peers;

/// <summary>A program of others, started for one test and killed at its end.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log = new();
    private readonly EventHandler _onTestRunEnd;

    private PeerProcess(Process process)
    {
        _process = process;
        _onTestRunEnd = (_, _) => Kill();
        AppDomain.CurrentDomain.ProcessExit += _onTestRunEnd;
    }

    /// <summary>What it wrote to standard output and standard error.</summary>
    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    /// <summary>Where a program is, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/bin")
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    /// <summary>Starts a program and waits until <paramref name="readyUrl"/> answers 2xx.</summary>
    public static async Task<PeerProcess> StartAsync(string program, string[] arguments, Uri readyUrl, CancellationToken cancellationToken)
    {
        string file = Find(program) ?? throw new FileNotFoundException($"{program} is required (REMOTESTORE_REQUIRE_PEERS=1) and not installed");
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        var peer = new PeerProcess(Process.Start(start)!);
        peer._process.OutputDataReceived += peer.Received;
        peer._process.ErrorDataReceived += peer.Received;
        peer._process.BeginOutputReadLine();
        peer._process.BeginErrorReadLine();
        try
        {
            using var http = new HttpClient();
            await Until.TrueAsync(
                $"{program} answers on {readyUrl}",
                TimeSpan.FromSeconds(30),
                async () => !peer._process.HasExited && await AnswersAsync(http, readyUrl, cancellationToken),
                () => peer.Log,
                cancellationToken);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= _onTestRunEnd;
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(url, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
    }

    private void Received(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
        {
            _ = _log.AppendLine(line.Data);
        }
    }
}

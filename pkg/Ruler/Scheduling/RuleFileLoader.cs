using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>
/// Loads rule files at the start, when asked, and when they change. Files with faults change nothing: the rules in force stay, and every fault is told. At the
/// start, when there are none in force, the files without faults are loaded.
/// </summary>
public sealed class RuleFileLoader : IAsyncDisposable
{
    private readonly RulerOptions _options;
    private readonly RuleFileOptions _fileOptions;
    private readonly RuleScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private byte[] _seen = [];
    private bool _started;
    private Task _watch = Task.CompletedTask;

    /// <summary>Creates a loader.</summary>
    /// <param name="options">Where the files are; valid.</param>
    /// <param name="fileOptions">What they may hold.</param>
    /// <param name="scheduler">Evaluates the rules.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where faults go.</param>
    public RuleFileLoader(RulerOptions options, RuleFileOptions fileOptions, RuleScheduler scheduler, TimeProvider time, ILogger<RuleFileLoader> logger)
    {
        _options = options;
        _fileOptions = fileOptions;
        _scheduler = scheduler;
        _time = time;
        _logger = logger;
    }

    /// <summary>Loads the files and begins to watch them.</summary>
    public async Task StartAsync()
    {
        if (_options.FilePatterns.Count > 0)
        {
            _ = await LoadAsync(onlyWhenChanged: false);
            _watch = _options.PollInterval > TimeSpan.Zero ? Task.Run(WatchAsync) : Task.CompletedTask;
        }
    }

    /// <summary>Loads the files.</summary>
    /// <returns>All that is wrong with them; empty when they are in force.</returns>
    public Task<IReadOnlyList<string>> ReloadAsync() => LoadAsync(onlyWhenChanged: false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        _stop.Dispose();
        _loading.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            using var timer = new PeriodicTimer(_options.PollInterval, _time);
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                _ = await LoadAsync(onlyWhenChanged: true);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }

    private async Task<IReadOnlyList<string>> LoadAsync(bool onlyWhenChanged)
    {
        await _loading.WaitAsync(_stop.Token);
        try
        {
            IReadOnlyList<RuleFileText> files = RuleFileSet.Read(RuleFileSet.Find(_options.FilePatterns));
            byte[] seen = Fingerprint(files);
            if (onlyWhenChanged && seen.AsSpan().SequenceEqual(_seen))
            {
                return [];
            }

            _seen = seen;
            return await ApplyAsync([.. files.Select(Parse)]);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<IReadOnlyList<string>> ApplyAsync(IReadOnlyList<RuleFile> files)
    {
        string[] faults = [.. files.SelectMany(static file => file.Faults).Select(static fault => fault.ToString())];
        bool first = !_started;
        _started = true;
        foreach (string fault in faults)
        {
            _logger.RulesNotLoaded(fault);
        }

        if (faults.Length == 0 || first)
        {
            RuleGroup[] groups = [.. files.Where(static file => file.IsSound).SelectMany(static file => file.Groups)];
            await _scheduler.ReplaceAsync(_options.TenantOfFiles, RuleOrigin.File, groups, restore: first);
        }

        _scheduler.Metrics.Loaded(RuleOrigin.File, faults.Length == 0, _time.GetUtcNow());
        return faults;
    }

    private RuleFile Parse(RuleFileText text) =>
        text.Error is null ? RuleFileReader.Read(text.Name, text.Content, _fileOptions) : new RuleFile(text.Name, [], [new RuleFileFault(text.Name, default, text.Error)]);

    private static byte[] Fingerprint(IReadOnlyList<RuleFileText> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (RuleFileText file in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\n{file.Error}\n{file.Content.Length}\n"));
            hash.AppendData(file.Content);
        }

        return hash.GetHashAndReset();
    }
}

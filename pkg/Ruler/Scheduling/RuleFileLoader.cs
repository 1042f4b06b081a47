using Microsoft.Extensions.Logging;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>
/// Loads rule files at the start, when asked, and when they change. Files with faults change nothing: the rules in force stay, and every fault is told. At the
/// start there are none in force, and a server without the alerts that it was given is worse than none: it does not start.
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
    private LoadedRuleFiles? _seen; // guarded by _loading once started
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

    /// <summary>Puts the files in force as they were read for the start, and begins to watch them.</summary>
    /// <param name="files">Without faults.</param>
    public async Task StartAsync(LoadedRuleFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        if (files.Faults.Count > 0)
        {
            throw new ArgumentException($"rule files with faults are not put in force: {files.Faults[0]}", nameof(files));
        }

        _seen = files;
        if (_options.FilePatterns.Count > 0)
        {
            _ = await ApplyAsync(files, isFirst: true);
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
            LoadedRuleFiles? files = onlyWhenChanged && _seen is not null
                ? _seen.ReadChanged(_options, _fileOptions)
                : LoadedRuleFiles.Read(_options, _fileOptions);
            if (files is null)
            {
                return [];
            }

            _seen = files;
            return await ApplyAsync(files, isFirst: false);
        }
        finally
        {
            _loading.Release();
        }
    }

    private async Task<IReadOnlyList<string>> ApplyAsync(LoadedRuleFiles files, bool isFirst)
    {
        foreach (string fault in files.Faults)
        {
            _logger.RulesNotLoaded(fault);
        }

        if (files.Faults.Count == 0)
        {
            await _scheduler.ReplaceAsync(_options.TenantOfFiles, RuleOrigin.File, files.Groups, restore: isFirst);
        }

        _scheduler.Metrics.Loaded(RuleOrigin.File, files.Faults.Count == 0, _time.GetUtcNow());
        return files.Faults;
    }
}

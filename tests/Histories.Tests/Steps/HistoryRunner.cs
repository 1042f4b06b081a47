using RemoteStore.Histories.Tests.Faults;
using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Store;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Testing;

namespace RemoteStore.Histories.Tests.Steps;

/// <summary>Plays a history against a store and a model at once.</summary>
internal sealed class HistoryRunner
{
    private static readonly StepKind[] s_localWork = [StepKind.Flush, StepKind.Merge, StepKind.Cut, StepKind.CutEnded, StepKind.Restart];
    private static readonly StepKind[] s_bucketWork = [StepKind.Upload, StepKind.Compact, StepKind.Downsample];

    private readonly TenantModel[] _tenants = [.. new[] { "anonymous", "blue", "green" }.Select(static name => new TenantModel(TenantId.Parse(name)))];
    private readonly StoreUnderTest _store;
    private readonly Fault _fault;
    private readonly Writer _writer;
    private readonly Checker _checker;
    private readonly WindowChecker _windows;
    private int _epoch;

    private HistoryRunner(StoreUnderTest store, Fault fault)
    {
        _store = store;
        _fault = fault;
        _checker = new Checker(store, _tenants);
        _writer = new Writer(store, _checker);
        _windows = new WindowChecker(store, _checker);
    }

    /// <summary>How often something happened that a fault or a count asks for.</summary>
    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>Plays a history to its end and checks everything there, before and after a restart.</summary>
    /// <exception cref="HistoryException">An answer was wrong.</exception>
    public static async Task<HistoryRunner> RunAsync(History history, Fault? fault = null)
    {
        fault ??= new Fault();
        await using StoreUnderTest store = await StoreUnderTest.StartAsync(history.Retention, history.HasBucket, fault);
        var runner = new HistoryRunner(store, fault);
        int index = 0;
        try
        {
            for (; index < history.Steps.Count; index++)
            {
                await runner.PlayAsync(history.Steps[index]);
            }

            await runner._checker.CheckAllAsync();
            await store.RestartAsync();
            fault.Happened(StepKind.Restart);
            await runner._checker.CheckAllAsync();
            return runner;
        }
        catch (Exception e)
        {
            string step = index < history.Steps.Count ? history.Steps[index].ToString() : "the end";
            string logged = string.Concat(store.Losses.Messages.TakeLast(6).Select(static m => $"{Environment.NewLine}  logged: {(m.Length > 400 ? m[..400] : m)}"));
            string trace = e is HistoryException ? string.Empty : Environment.NewLine + e.StackTrace;
            throw new HistoryException($"history {history.Seed}, step {index} ({step}): {e.GetType().Name} {e.Message}{logged}{trace}");
        }
    }

    private async Task PlayAsync(Step step)
    {
        var random = new Random(step.Seed);
        TenantModel tenant = _tenants[random.Next(_tenants.Length)];
        switch (step.Kind)
        {
            case StepKind.WriteInOrder:
                await _writer.WriteInOrderAsync(tenant, PickSeries(random, 1 + random.Next(6)), random);
                break;
            case StepKind.WriteHistogram:
                await _writer.WriteHistogramsAsync(tenant, PickSeries(random, 1 + random.Next(3)), random);
                break;
            case StepKind.WriteLate:
                await _writer.WriteLateAsync(tenant, random);
                break;
            case StepKind.WriteBeyondWindow:
                await _writer.WriteBeyondWindowAsync(tenant, random);
                break;
            case StepKind.WriteDuplicate:
                await _writer.WriteDuplicateAsync(tenant, random);
                break;
            case StepKind.WriteConflict:
                await _writer.WriteConflictAsync(tenant, random);
                break;
            case StepKind.WriteOutside:
                await _writer.WriteOutsideAsync(tenant, PickSeries(random, 1)[0], random);
                break;
            case StepKind.AdvanceClock:
                Advance(random);
                break;
            case StepKind.Query:
                await _checker.CheckSelectAsync(tenant, random);
                break;
            case StepKind.QueryLabels:
                await _checker.CheckLabelsAsync(tenant, random);
                break;
            case StepKind.QueryWindows:
                Count($"QueryWindows{await _windows.CheckAsync(tenant, random)}");
                break;
            case StepKind.Delete:
                await DeleteAsync(tenant, random);
                break;
            case StepKind.Storm:
                await StormAsync(random);
                break;
            case StepKind.AdvanceDays:
                _store.Time.Advance(TimeSpan.FromHours(random.Next(20, 45)));
                break;
            case StepKind.PassDays:
                await PassDaysAsync(random);
                break;
            case StepKind.Downsample:
                Count(await _store.LongTerm!.DownsampleAsync() > 0 ? "DownsampleMade" : "DownsampleNothing");
                break;
            case StepKind.CrashDuring:
                await CrashDuringAsync(random);
                break;
            case StepKind.Corrupt:
                await CorruptAsync(random);
                break;
            default:
                await ChangeAsync(step.Kind);
                break;
        }

        Count(step.Kind.ToString());
        NoteEvictions();
        _fault.Happened(step.Kind);
    }

    /// <summary>What must change no answer.</summary>
    private async Task ChangeAsync(StepKind kind)
    {
        await (kind switch
        {
            StepKind.Flush => _store.FlushAsync(merge: false),
            StepKind.Merge => _store.FlushAsync(merge: true),
            StepKind.Cut => _store.CutAsync(ended: false),
            StepKind.CutEnded => _store.CutAsync(ended: true),
            StepKind.Crash => _store.CrashAsync(),
            StepKind.Restart => _store.RestartAsync(),
            StepKind.Upload => _store.LongTerm!.UploadAsync(),
            StepKind.Compact => _store.LongTerm!.CompactAsync(),
            StepKind.Downsample => _store.LongTerm!.DownsampleAsync(),
            _ => throw new InvalidOperationException($"{kind}"),
        });
    }

    /// <summary>Dies at some change of a file while the store does something.</summary>
    private async Task CrashDuringAsync(Random random)
    {
        StepKind kind = _store.LongTerm is not null && random.Next(2) == 0
            ? s_bucketWork[random.Next(s_bucketWork.Length)]
            : s_localWork[random.Next(s_localWork.Length)];
        string image = _store.NextFolder();
        int at = 1 + random.Next(random.Next(2) == 0 ? 8 : 60);
        if (s_bucketWork.Contains(kind))
        {
            _store.Weather.DieAt(at, () => DirectoryCopy.Copy(_store.Directory, image));
        }
        else
        {
            _store.Files.CopyBefore(at, _store.Directory, image);
        }

        await TryAsync(() => ChangeAsync(kind));
        _store.Files.Disarm();
        bool died = s_bucketWork.Contains(kind) ? _store.Weather.HasDied : _store.Files.HasCopied;
        _store.Weather.Calm();
        if (died)
        {
            await _store.GoToAsync(image);
            Count($"CrashDuring{kind}");
        }
    }

    /// <summary>Works with a bucket that fails now and then; what does not succeed is tried again at another time.</summary>
    private async Task StormAsync(Random random)
    {
        _store.Weather.Storm(random);
        StepKind kind = s_bucketWork[random.Next(s_bucketWork.Length)];
        await TryAsync(() => ChangeAsync(kind));
        _store.Weather.Calm();
    }

    /// <summary>Does something with a bucket that may fail.</summary>
    private static async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (BucketException)
        {
            // Nobody was told that it succeeded.
        }
    }

    /// <summary>Some days in which everything is done at its time: what was written becomes blocks, windows are made of them, the local disk lets go of them.</summary>
    private async Task PassDaysAsync(Random random)
    {
        await _store.CutAsync(ended: true);
        _ = await _store.LongTerm!.UploadAsync();
        _store.Time.Advance(TimeSpan.FromHours(random.Next(30, 80)));
        _ = await _store.LongTerm.UploadAsync();
        await _store.LongTerm.CompactAsync();
        _ = await _store.LongTerm.DownsampleAsync();
        await _store.LongTerm.CompactAsync();
    }

    private async Task DeleteAsync(TenantModel tenant, Random random)
    {
        var matchers = MatcherModel.Any(random);
        QueryRange range = Checker.AnyRange(tenant, random);
        range = range with { MaxTime = Math.Min(range.MaxTime, _store.NowMs) };
        if (!range.IsEmpty)
        {
            await _store.LongTerm!.DeleteAsync(tenant.Tenant, matchers.Matchers, range);
            tenant.Delete(matchers, range);
        }
    }

    private async Task CorruptAsync(Random random)
    {
        string file = string.Empty;
        Action<string> damage = directory => file = Damage.FlipOneBit(directory, random);
        _checker.ExpectLosses();
        await (random.Next(2) == 0 ? _store.CrashAsync(damage) : _store.RestartAsync(damage));
        Count($"Corrupt{Damage.KindOf(file)}");
        await _checker.CheckAllAsync();
    }

    private void Advance(Random random)
    {
        _store.Time.Advance(TimeSpan.FromSeconds(random.Next(4) == 0 ? random.Next(600, 2000) : random.Next(1, 400)));
        _epoch += random.Next(3) == 0 ? 1 : 0;
    }

    /// <summary>Series that are always there, and pods of the time.</summary>
    private int[] PickSeries(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Next(2) == 0 ? random.Next(6) : 100 + (_epoch * 4) + random.Next(4)).Distinct()];

    private void NoteEvictions()
    {
        if (_store.CountEvicted() > 0)
        {
            Count("Evict");
            _fault.Evicted();
        }
    }

    private void Count(string what) => Seen[what] = Seen.GetValueOrDefault(what) + 1;
}

using RemoteStore.Histories.Tests.Faults;
using RemoteStore.Histories.Tests.Model;
using RemoteStore.Histories.Tests.Store;
using RemoteStore.Model;

namespace RemoteStore.Histories.Tests.Steps;

/// <summary>Plays a history against a store and a model at once.</summary>
internal sealed class HistoryRunner
{
    private readonly TenantModel[] _tenants = [.. new[] { "anonymous", "blue", "green" }.Select(static name => new TenantModel(TenantId.Parse(name)))];
    private readonly StoreUnderTest _store;
    private readonly Fault _fault;
    private readonly Writer _writer;
    private readonly Checker _checker;
    private int _epoch;

    private HistoryRunner(StoreUnderTest store, Fault fault)
    {
        _store = store;
        _fault = fault;
        _checker = new Checker(store, _tenants);
        _writer = new Writer(store, _checker);
    }

    /// <summary>How often something happened that a fault or a count asks for.</summary>
    public Dictionary<string, int> Seen { get; } = [];

    /// <summary>Plays a history to its end and checks everything there, before and after a restart.</summary>
    /// <exception cref="HistoryException">An answer was wrong.</exception>
    public static async Task<HistoryRunner> RunAsync(History history, Fault? fault = null)
    {
        fault ??= new Fault();
        await using StoreUnderTest store = await StoreUnderTest.StartAsync(history.Retention, fault);
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
            _ => throw new InvalidOperationException($"{kind}"),
        });
    }

    /// <summary>Dies at some change of a file while the store does something.</summary>
    private async Task CrashDuringAsync(Random random)
    {
        StepKind[] kinds = [StepKind.Flush, StepKind.Merge, StepKind.Cut, StepKind.CutEnded, StepKind.Restart];
        StepKind kind = kinds[random.Next(kinds.Length)];
        string image = _store.NextFolder();
        _store.Files.CopyBefore(1 + random.Next(random.Next(2) == 0 ? 8 : 60), _store.Directory, image);
        await ChangeAsync(kind);
        _store.Files.Disarm();
        if (_store.Files.HasCopied)
        {
            await _store.GoToAsync(image);
            Count($"CrashDuring{kind}");
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

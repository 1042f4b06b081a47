using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Service;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary>
/// <c>rstool rules backfill</c>: what recording rules would have written, as blocks in the bucket of a stopped store. Rules come after those that they read, and see what
/// these have written. The same again adds nothing.
/// </summary>
internal sealed class RuleBackfill(StoppedStore store, TenantId tenant, TextWriter output, ProgressLine progress)
{
    private const long HourMs = 3_600_000;

    /// <summary>Time that one query covers, so that what it holds stays small.</summary>
    private const long QueryMs = 2 * HourMs;

    private int _known;
    private int _written;
    private long _samples;

    /// <summary>Evaluates the recording rules of groups over past time.</summary>
    /// <param name="groups">The groups; alerting rules are passed over.</param>
    /// <param name="times">First and last evaluation, at most.</param>
    /// <param name="intervalMs">Distance of evaluations of groups that do not say.</param>
    /// <param name="blockHours">Length of blocks.</param>
    /// <param name="cancellationToken">Given up by the caller; blocks that are complete stay.</param>
    /// <exception cref="FormatException">Rules read one another in a circle.</exception>
    /// <exception cref="QueryException">A rule cannot be evaluated; what was written before stays.</exception>
    /// <exception cref="IOException">The store cannot be read or written.</exception>
    public async Task<int> RunAsync(IReadOnlyList<RuleGroup> groups, QueryRange times, long intervalMs, int blockHours, CancellationToken cancellationToken)
    {
        var steps = new Dictionary<object, long>(ReferenceEqualityComparer.Instance);
        var rules = new List<RecordingRule>();
        foreach (RuleGroup group in groups)
        {
            foreach (RecordingRule rule in group.Rules.OfType<RecordingRule>())
            {
                steps[rule] = group.Interval is { } interval ? (long)interval.TotalMilliseconds : intervalMs;
                rules.Add(rule);
            }
        }

        IReadOnlyList<IReadOnlyList<RecordingRule>> levels = RuleLevels.Of(rules);
        foreach (IReadOnlyList<RecordingRule> level in levels)
        {
            foreach (IGrouping<long, RecordingRule> same in level.GroupBy(rule => steps[rule]))
            {
                await RunLevelAsync([.. same], same.Key, times, blockHours * HourMs, cancellationToken);
            }
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rules.Count} recording rules in {levels.Count} steps of dependence: {_written} blocks with {_samples} samples written for tenant {tenant}, {_known} blocks were there"));
        return ToolCommands.Sound;
    }

    private async Task RunLevelAsync(RecordingRule[] rules, long stepMs, QueryRange times, long blockMs, CancellationToken cancellationToken)
    {
        BucketImport bucket = await BucketImport.BeginAsync(store, tenant, cancellationToken);
        await using StoredRaw stored = await StoredRaw.OpenAsync(store, tenant, cancellationToken);
        if (!stored.Deletions.IsEmpty)
        {
            throw new IOException($"tenant {tenant} has deletions of series that are not carried out yet; run the server until they are");
        }

        var queries = new EngineQueryService(new QueryEngine(new EngineOptions(), TimeProvider.System), new StoredQueryable(stored));
        (RecordingRuleState Rule, BackfillSeries Series)[] states = [.. rules.Select(rule => (new RecordingRuleState(rule), new BackfillSeries(stepMs)))];
        byte[] hash = HashOf(rules, stepMs, times);
        for (BlockRange range = BlockRange.Containing(times.MinTime, blockMs); range.Start <= times.MaxTime; range = new(range.End, range.End + blockMs))
        {
            BlockId id = IdOf(hash, range);
            if (bucket.Holds(id))
            {
                _known++;
                Array.ForEach(states, static state => state.Series.Break());
                continue;
            }

            foreach ((RecordingRuleState rule, BackfillSeries series) in states)
            {
                await EvaluateAsync(queries, rule, series, Overlap(range, times), stepMs, cancellationToken);
            }

            progress.Report(rules[0].Name, range.Start - times.MinTime, times.MaxTime - times.MinTime);
            if (Write(states, range, id, hash, cancellationToken) is { } directory)
            {
                await bucket.AddAsync(directory, cancellationToken);
            }
        }

        progress.Clear();
        await bucket.FinishAsync(cancellationToken);
    }

    private async Task EvaluateAsync(
        EngineQueryService queries, RecordingRuleState rule, BackfillSeries series, QueryRange times, long stepMs, CancellationToken cancellationToken)
    {
        for (long fromMs = times.MinTime; fromMs <= times.MaxTime; fromMs += QueryMs)
        {
            long firstMs = Aligned(fromMs + stepMs - 1, stepMs);
            long lastMs = Aligned(Math.Min(fromMs + QueryMs - 1, times.MaxTime), stepMs);
            if (firstMs > lastMs)
            {
                continue;
            }

            try
            {
                series.Add(await rule.EvaluateRangeAsync(queries, tenant, new(firstMs, lastMs), stepMs, cancellationToken), firstMs, lastMs);
            }
            catch (QueryException e)
            {
                throw new QueryException(e.Kind, $"rule {rule.Rule.Name} at {TimeText.Format(firstMs)}: {e.Message}", e);
            }
        }
    }

    /// <summary>Writes a block of what the rules gave; null when that is nothing.</summary>
    private string? Write(
        (RecordingRuleState Rule, BackfillSeries Series)[] states, BlockRange range, BlockId id, byte[] hash, CancellationToken cancellationToken)
    {
        var joined = new Dictionary<LabelSet, SampleBuffer>();
        foreach ((RecordingRuleState rule, BackfillSeries series) in states)
        {
            foreach ((LabelSet labels, SampleBuffer samples) in series.Samples)
            {
                if (!joined.TryAdd(labels, samples))
                {
                    throw new IOException($"two rules named {rule.Rule.Name} write the series {labels}");
                }
            }

            series.Samples.Clear();
        }

        if (joined.Count == 0)
        {
            return null;
        }

        string directory = Path.Combine(store.Work, tenant.Name, id.ToString());
        using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, directory, new()
        {
            Id = id,
            Tenant = tenant,
            Range = range,
            Sources = [$"rules/{Convert.ToHexStringLower(hash.AsSpan(0, 8))}"],
        });
        foreach ((LabelSet labels, SampleBuffer samples) in joined)
        {
            samples.SortAndDeduplicate(0, 0);
            writer.AddSeries(labels.Bytes.ToArray(), samples);
        }

        BlockMeta meta = writer.Finish(cancellationToken);
        _written++;
        _samples += meta.Stats.FloatSamples + meta.Stats.HistogramSamples;
        return directory;
    }

    private static QueryRange Overlap(BlockRange range, QueryRange times) => new(Math.Max(range.Start, times.MinTime), Math.Min(range.End - 1, times.MaxTime));

    /// <summary>The last multiple of the step at or before a time.</summary>
    private static long Aligned(long timeMs, long stepMs) => timeMs - (((timeMs % stepMs) + stepMs) % stepMs);

    private static byte[] HashOf(RecordingRule[] rules, long stepMs, QueryRange times)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{stepMs} {times.MinTime} {times.MaxTime}\n"));
        foreach (RecordingRule rule in rules)
        {
            text.Append(rule.Name).Append('\n').Append(rule.Query).Append('\n');
            foreach ((string name, string value) in rule.Labels)
            {
                text.Append(name).Append('=').Append(value).Append('\n');
            }
        }

        return SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>The same for the same rules and times.</summary>
    private static BlockId IdOf(byte[] hash, BlockRange range)
    {
        ulong createdMs = (ulong)Math.Clamp(range.End - 1, 0, (1L << 48) - 1);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(hash) ^ (ulong)range.Start;
        return new((createdMs << 16) | BinaryPrimitives.ReadUInt16BigEndian(hash.AsSpan(sizeof(ulong))), low);
    }
}

using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.LocalBlocks;
using RemoteStore.Tsdb.Merging;
using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb.Cutting;

/// <summary>
/// Writes what a tenant has of one time range in parts to a block. The order of steps: block durable, block visible, rows dropped from the parts. A crash
/// before the block is durable leaves the parts as they were; one behind it leaves rows in both, which deduplicate, until the start drops them
/// (<see cref="PendingDrops.CompleteAtStart"/>).
/// </summary>
internal sealed class BlockCutter
{
    private readonly TsdbOptions _options;
    private readonly MergeRunner _merges;
    private readonly BlockCatalog _blocks;
    private readonly PendingDrops _drops;
    private readonly IFileSystem _files;
    private readonly Failpoints _failpoints;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;

    // Ids must differ from those of every other process that writes into the same bucket one day.
    private readonly Random _random = new(RandomNumberGenerator.GetInt32(int.MaxValue));

    public BlockCutter(
        TsdbOptions options, MergeRunner merges, BlockCatalog blocks, PendingDrops drops, IFileSystem files, Failpoints failpoints, TimeProvider time,
        TsdbMetrics metrics, ILogger logger)
    {
        _options = options;
        _merges = merges;
        _blocks = blocks;
        _drops = drops;
        _files = files;
        _failpoints = failpoints;
        _time = time;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Cuts. The caller holds <see cref="MergeRunner.Turn"/>.</summary>
    /// <param name="head">The tenant.</param>
    /// <param name="range">Number of the range; every part lies in it.</param>
    /// <param name="parts">Parts with rows of the tenant that count, few enough to read at once.</param>
    /// <param name="cancellationToken">Stops before the block counts.</param>
    /// <exception cref="IOException">The block could not be written; nothing has changed.</exception>
    public async Task CutAsync(TenantHead head, long range, IReadOnlyList<LivePart> parts, CancellationToken cancellationToken)
    {
        if (_merges.Retain(parts.Select(static part => part.Info.Id)) is not { } inputs)
        {
            return; // one was set aside meanwhile; the next round works with what is left of it
        }

        try
        {
            _failpoints.Hit("cut.before");
            long started = _time.GetTimestamp();
            BlockId id = BlockId.New(_time, _random);
            BlockMeta? meta = await _merges.Thread.RunAsync(() => Write(head, id, range, inputs, cancellationToken)).ConfigureAwait(false);
            LiveBlock? block = null;
            if (meta is not null)
            {
                block = await ShowAsync(meta).ConfigureAwait(false);
                TimeSpan elapsed = _time.GetElapsedTime(started);
                long samples = meta.Stats.FloatSamples + meta.Stats.HistogramSamples;
                _metrics.Cut(samples, elapsed);
                Log.BlockCut(
                    _logger, id.ToString(), head.Tenant.Name, meta.Stats.Series, samples, meta.SizeBytes, inputs.Count, elapsed.TotalMilliseconds);
            }

            _drops.Add(head, block, inputs);
        }
        catch (CorruptDataException e)
        {
            if (!await _merges.TryQuarantineAsync(inputs, e, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
        finally
        {
            inputs.ForEach(static part => part.Release());
        }
    }

    /// <summary>Writes the block; null when no row is young enough to be in it.</summary>
    private BlockMeta? Write(TenantHead head, BlockId id, long range, List<LivePart> inputs, CancellationToken cancellationToken)
    {
        long floor = AgeRules.KeptFloorMs(_time.GetUtcNow(), _options, head.Tenant);
        var options = new BlockWriterOptions
        {
            Id = id,
            Tenant = head.Tenant,
            Range = BlockRange.Containing(_merges.Policy.Ranges.FirstOf(range), _merges.Policy.Ranges.WidthMs),
            Sources = [.. inputs.Select(static part => part.Info.Id.ToString())],
            BeforeMeta = () => _failpoints.Hit("cut.after-block"),
        };
        using SeriesRegistry registry = head.Series.RetainRegistry(); // the writer keeps its labels
        using BlockWriter writer = BlockWriter.Create(_files, _blocks.DirectoryOf(head.Tenant, id), options);
        long series = 0;
        long unknown = 0;
        SeriesMerger.Read(
            [.. inputs.Select(static part => part.Input)],
            head.Tenant,
            new MergeOptions { RetentionFloor = _ => floor },
            Add,
            cancellationToken);
        if (unknown > 0)
        {
            Log.UnknownSeriesNotCut(_logger, unknown, head.Tenant.Name);
        }

        return series == 0 ? null : writer.Finish(cancellationToken);

        void Add(uint seriesRef, SampleBuffer samples)
        {
            ReadOnlyMemory<byte> labels = LabelsOf(registry, new(seriesRef));
            if (labels.IsEmpty)
            {
                unknown += samples.Count + samples.HistogramCount; // no query can find them
                return;
            }

            writer.AddSeries(labels, samples);
            series++;
            _failpoints.Hit("cut.mid-write");
        }
    }

    /// <summary>Labels of a series; empty when damage took them.</summary>
    private static ReadOnlyMemory<byte> LabelsOf(SeriesRegistry registry, SeriesRef seriesRef) =>
        Unsafe.IsNullRef(ref registry.FindState(seriesRef)) ? default : registry.GetLabelMemory(seriesRef);

    /// <summary>Lets queries see the block. One that does not open is none: its rows stay in the parts.</summary>
    private async Task<LiveBlock> ShowAsync(BlockMeta meta)
    {
        try
        {
            return await _blocks.AddAsync(meta.Tenant, meta.Id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (IOException)
        {
            _files.DeleteDirectory(_blocks.DirectoryOf(meta.Tenant, meta.Id));
            throw;
        }
    }
}

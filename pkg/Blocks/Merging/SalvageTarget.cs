using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Merging;

/// <summary>Appends whole blocks to a new part; refuses those that are out of order, which an intact part does not have.</summary>
internal sealed class SalvageTarget(PartWriter writer)
{
    private TenantId? _tenant;
    private (long Ref, long Time) _lastFloat;
    private (long Ref, long Time) _lastHistogram;

    /// <summary>Rows added so far, of both kinds.</summary>
    public long Rows { get; private set; }

    /// <exception cref="CorruptDataException">The block does not come after those before it.</exception>
    public void Add(string path, long offset, TenantId tenant, BlockKind kind, RowBlock rows)
    {
        if (_tenant != tenant)
        {
            if (_tenant is { } current && tenant <= current)
            {
                throw new CorruptDataException(path, offset, $"the block of tenant {tenant} comes behind {current}");
            }

            writer.BeginTenant(tenant);
            _tenant = tenant;
            _lastFloat = (-1, 0);
            _lastHistogram = (-1, 0);
        }

        ref (long Ref, long Time) last = ref kind == BlockKind.Floats ? ref _lastFloat : ref _lastHistogram;
        uint first = rows.RunRefs[0];
        if (first < last.Ref || (first == last.Ref && rows.Timestamps[0] <= last.Time))
        {
            throw new CorruptDataException(path, offset, "the rows of the block do not come after those before it");
        }

        last = (rows.RunRefs[rows.Runs - 1], rows.Timestamps[rows.Rows - 1]);
        for (int run = 0; run < rows.Runs; run++)
        {
            Add(kind, rows, rows.RunRefs[run], rows.RunStarts[run], rows.RunStarts[run + 1]);
        }

        Rows += rows.Rows;
    }

    private void Add(BlockKind kind, RowBlock rows, uint seriesRef, int start, int end)
    {
        if (kind == BlockKind.Floats)
        {
            writer.AddRun(
                seriesRef,
                rows.Timestamps.AsSpan(start, end - start),
                rows.ValueBits.AsSpan(start, end - start),
                rows.HasStartTimestamps ? rows.StartTimestamps.AsSpan(start, end - start) : []);
            return;
        }

        for (int row = start; row < end; row++)
        {
            writer.AddHistogram(seriesRef, rows.Timestamps[row], rows.HasStartTimestamps ? rows.StartTimestamps[row] : 0, rows.Payload(row));
        }
    }
}

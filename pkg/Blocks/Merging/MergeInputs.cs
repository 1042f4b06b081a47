using RemoteStore.Blocks.Parts;
using RemoteStore.Model;

namespace RemoteStore.Blocks.Merging;

/// <summary>The inputs of a merge held open, oldest first, with two decoded blocks of memory each (floats and histograms).</summary>
internal sealed class MergeInputs : IDisposable
{
    private readonly List<(MergeInput Input, RowBlock Floats, RowBlock Histograms)> _held = [];

    /// <summary>Takes hold of the parts.</summary>
    /// <exception cref="ObjectDisposedException">A part is closed already.</exception>
    public MergeInputs(IReadOnlyList<MergeInput> inputs)
    {
        try
        {
            foreach (MergeInput input in inputs.OrderBy(static i => i.Part.Info.MinTime).ThenBy(static i => i.Part.Info.Id))
            {
                input.Part.Acquire();
                _held.Add((input, input.Part.Pool.RentBlock(), input.Part.Pool.RentBlock()));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Tenants with rows that count, by ascending name.</summary>
    public IReadOnlyList<TenantId> Tenants =>
        [.. _held.SelectMany(static h => h.Input.Part.Tenants.Where(tenant => h.Input.Counts(tenant))).Distinct().Order()];

    /// <summary>Sources of one tenant and kind, each on its first segment.</summary>
    public List<MergeSource> Sources(TenantId tenant, BlockKind kind, long floor, MergeProgress progress)
    {
        var sources = new List<MergeSource>();
        foreach ((MergeInput input, RowBlock floats, RowBlock histograms) in _held)
        {
            if (!input.Counts(tenant) || !input.Part.Index.TryFind(tenant, out TenantSection section)
                || (kind == BlockKind.Floats ? section.FloatBlocks : section.HistogramBlocks) == 0)
            {
                continue;
            }

            var source = new MergeSource(input.Part, section, kind, floor, kind == BlockKind.Floats ? floats : histograms, progress);
            source.Next();
            sources.Add(source);
        }

        return sources;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((MergeInput input, RowBlock floats, RowBlock histograms) in _held)
        {
            input.Part.Pool.Return(floats);
            input.Part.Pool.Return(histograms);
            input.Part.Release();
        }

        _held.Clear();
    }
}

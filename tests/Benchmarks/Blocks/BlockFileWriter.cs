using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Benchmarks.Blocks;

/// <summary>Writes one block of 2 h from columns.</summary>
internal sealed class BlockFileWriter
{
    private const long RangeMs = 2 * 3600 * 1000;

    private static int s_blocks;

    private readonly BlockWriter _writer;
    private readonly SampleBuffer _samples = new();

    public BlockFileWriter(string root, long firstTime)
    {
        var id = new BlockId(0x0190_0000_0000_0000, (ulong)Interlocked.Increment(ref s_blocks));
        Directory = Path.Combine(root, "tenant", id.ToString());
        _writer = BlockWriter.Create(
            LocalFileSystem.Instance, Directory,
            new BlockWriterOptions { Id = id, Tenant = TenantId.Anonymous, Range = BlockRange.Containing(firstTime, RangeMs) });
    }

    public string Directory { get; }

    public void Add(IEnumerable<KeyValuePair<string, string>> labels, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> bits) =>
        Add(LabelSet.FromPairs(labels), timestamps, bits);

    public void Add(LabelSet labels, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> bits)
    {
        _samples.Clear();
        _samples.Add(timestamps, bits, []);
        _writer.AddSeries(labels.Bytes, _samples);
    }

    public BlockMeta Finish()
    {
        using (_writer)
        {
            return _writer.Finish(CancellationToken.None);
        }
    }
}

using RemoteStore.Blocks.Format;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.PrometheusBlocks.Writing;

namespace RemoteStore.PrometheusBlocks.Tests;

/// <summary>A folder for blocks that is removed with its test.</summary>
internal sealed class BlockFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("prometheus-").FullName;

    public static IFileSystem Files => LocalFileSystem.Instance;

    /// <summary>Writes a block; its folder is the result.</summary>
    public string Write(IEnumerable<GeneratedSeries> series, ulong id = 1, long segmentBytes = PrometheusFormat.SegmentBytes)
    {
        using PrometheusBlockWriter writer = PrometheusBlockWriter.Create(Files, Path, new BlockId(1UL << 40, id), GeneratedSeries.Range, segmentBytes);
        foreach (GeneratedSeries one in series)
        {
            writer.AddSeries(one.Labels, one.Samples);
        }

        return System.IO.Path.Combine(Path, writer.Finish()!.Id.ToString());
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}

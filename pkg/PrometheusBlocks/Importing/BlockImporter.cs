using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Reading;

namespace RemoteStore.PrometheusBlocks.Importing;

/// <summary>Makes blocks of ours of blocks of Prometheus. Every sample keeps its bits; what tombstones delete is left out.</summary>
/// <param name="files">Where ours are made.</param>
public sealed class BlockImporter(IFileSystem files)
{
    private const int CheckEvery = 256;

    /// <summary>Writes one piece of a block as a block of ours. Memory does not grow with the series or samples of either, but for the texts of the index.</summary>
    /// <param name="source">The block of Prometheus.</param>
    /// <param name="piece">Which part of it.</param>
    /// <param name="tenant">Whose it becomes.</param>
    /// <param name="directory">Folder that gets <c>&lt;tenant&gt;/&lt;ULID&gt;</c>.</param>
    /// <param name="progress">Told of series read, if not null.</param>
    /// <param name="cancellationToken">Stops the work and leaves nothing.</param>
    /// <returns>The block; null when no sample lies in the piece, and none is made.</returns>
    /// <exception cref="CorruptDataException">The source is damaged; nothing is left of the piece.</exception>
    /// <exception cref="IOException">The source cannot be read, or the block not written.</exception>
    public ImportedBlock? Write(
        PrometheusBlock source, ImportPiece piece, TenantId tenant, string directory, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(piece);
        string path = Path.Combine(directory, tenant.Name, piece.Id.ToString());
        files.DeleteDirectory(path); // what an import that was broken off has left
        using var writer = BlockWriter.Create(files, path, new()
        {
            Id = piece.Id,
            Tenant = tenant,
            Range = piece.Range,
            Sources = [$"prometheus/{source.Meta.Id}"],
            SeriesAreSorted = true,
        });
        using PrometheusSeriesCursor cursor = source.OpenCursor(piece.Times);
        bool any = false;
        try
        {
            while (cursor.MoveNext())
            {
                any |= cursor.Samples.Count + cursor.Samples.HistogramCount > 0;
                writer.AddSeries(cursor.Labels.Bytes, cursor.Samples);
                if (cursor.Count % CheckEvery == 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    progress?.Report(cursor.Count);
                }
            }
        }
        catch (ArgumentException refused)
        {
            throw new CorruptDataException(source.Directory, 0, refused.Message); // more labels than a series of ours can have
        }

        return any ? new(path, writer.Finish(cancellationToken)) : null;
    }
}

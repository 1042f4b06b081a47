using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.PrometheusBlocks.Importing;
using RemoteStore.PrometheusBlocks.Reading;

namespace RemoteStore.Tool.Commands;

/// <summary><c>rstool block import</c>: Prometheus' own blocks into the bucket. A damaged one is named, the others go on.</summary>
internal sealed class BlockImport(StoppedStore store, TenantId tenant, TextWriter output, ProgressLine progress)
{
    private readonly BlockImporter _importer = new(LocalFileSystem.Instance);
    private long _samples;
    private int _imported;
    private int _known;
    private int _faults;

    /// <summary>Imports all blocks of a data directory of Prometheus, or one block.</summary>
    /// <exception cref="IOException">The bucket or the directory cannot be used.</exception>
    public async Task<int> RunAsync(string path, CancellationToken cancellationToken)
    {
        string[] folders = Find(path);
        BucketImport bucket = await BucketImport.BeginAsync(store, tenant, cancellationToken);
        foreach ((string folder, PrometheusBlockMeta meta) in ReadMetas(folders))
        {
            await ImportAsync(bucket, folder, meta, cancellationToken);
        }

        await bucket.FinishAsync(cancellationToken);
        output.WriteLine($"{_imported} blocks with {_samples} samples imported for tenant {tenant}, {_known} blocks were there, {_faults} could not be imported");
        if (Directory.Exists(Path.Combine(path, "wal")))
        {
            output.WriteLine($"what Prometheus has made no blocks of yet (wal and chunks_head in {path}) is not imported");
        }

        return _faults == 0 ? ToolCommands.Sound : ToolCommands.Unsound;
    }

    private static string[] Find(string path)
    {
        string root = Path.GetFullPath(path);
        if (!Directory.Exists(root))
        {
            throw new DirectoryNotFoundException($"{root} is not a directory");
        }

        if (BlockId.TryParse(Path.GetFileName(root), out _))
        {
            return [root];
        }

        string[] found = [.. Directory.EnumerateDirectories(root).Where(static folder => BlockId.TryParse(Path.GetFileName(folder), out _))];
        return found.Length > 0 ? found : throw new DirectoryNotFoundException($"{root} holds no blocks of Prometheus");
    }

    private List<(string Folder, PrometheusBlockMeta Meta)> ReadMetas(string[] folders)
    {
        var metas = new List<(string Folder, PrometheusBlockMeta Meta)>();
        foreach (string folder in folders)
        {
            try
            {
                metas.Add((folder, PrometheusBlock.ReadMeta(folder)));
            }
            catch (IOException e)
            {
                Fault(folder, e);
            }
        }

        metas.Sort(static (a, b) => (a.Meta.Range.Start, a.Meta.Id).CompareTo((b.Meta.Range.Start, b.Meta.Id)));
        return metas;
    }

    private async Task ImportAsync(BucketImport bucket, string folder, PrometheusBlockMeta meta, CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<ImportPiece> pieces = ImportPlan.Of(meta);
            bool hasSources = meta.Sources.Any(source => source != meta.Id) && meta.Sources.All(bucket.Holds);
            if (hasSources || pieces.All(piece => bucket.Holds(piece.Id)))
            {
                _known++;
                output.WriteLine($"{meta.Id}: {(hasSources ? "the blocks it was made of are there" : "is there")}");
                return;
            }

            bucket.CheckDeletions(meta.Times);
            using PrometheusBlock source = PrometheusBlock.Open(folder);
            long samples = 0;
            foreach (ImportPiece piece in pieces.Where(piece => !bucket.Holds(piece.Id)))
            {
                ImportedBlock? block = _importer.Write(source, piece, tenant, store.Work, new Relay(meta, progress), cancellationToken);
                if (block is not null)
                {
                    samples += block.Meta.Stats.FloatSamples + block.Meta.Stats.HistogramSamples;
                    await bucket.AddAsync(block.Directory, cancellationToken);
                }
            }

            progress.Clear();
            _imported++;
            _samples += samples;
            output.WriteLine($"{meta.Id}: {samples} samples from {TimeText.Format(meta.Range.Start)} to {TimeText.Format(meta.Range.End)}");
        }
        catch (Exception e) when (e is CorruptDataException or FileNotFoundException or DirectoryNotFoundException or FormatException or DeletionPendingException)
        {
            progress.Clear();
            Fault(folder, e);
        }
    }

    private void Fault(string folder, Exception e)
    {
        _faults++;
        output.WriteLine($"{folder}: NOT IMPORTED: {e.Message}");
    }

    private sealed class Relay(PrometheusBlockMeta meta, ProgressLine progress) : IProgress<long>
    {
        public void Report(long value) => progress.Report(meta.Id.ToString(), value, meta.Series);
    }
}

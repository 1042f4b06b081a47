using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Merging;

/// <summary>Power loss and full disks along flush, merge, manifest swap and removal of what was merged.</summary>
public sealed class PartCrashTests : IDisposable
{
    private static readonly PartWriterOptions s_small = new() { FlushedBlockRows = 100, MergedBlockRows = 200, BufferBytes = 4096 };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void PowerLoss_AtAnyOperation_LeavesAManifestWhoseSavedPartsAreWhole()
    {
        string parts = Directory.CreateDirectory(_directory.File("live")).FullName;
        var recording = new RecordingFileSystem(parts);
        PartModel[] models = [PartGen.Build(new Random(1)), PartGen.Build(new Random(2))];
        var saved = new List<(int Operations, PartModel Expected)> { (0, new PartModel()) };
        PartManifest manifest = PartManifest.Empty;
        for (int i = 0; i < models.Length; i++)
        {
            manifest = manifest.TakeId(out PartId id);
            manifest = manifest.With([], [Write(recording, parts, models[i], id)]);
            manifest.Save(recording, parts);
            saved.Add((recording.Count, PartModel.Merge(models.Take(i + 1))));
        }

        ulong taken = manifest.NextId.Value;
        PartReader[] inputs = [.. manifest.Parts.Select(p => PartReader.Open(Path.Combine(parts, p.Id.FileName)))];
        MergeResult result = PartMerger.Merge(
            [.. inputs.Select(static input => new MergeInput(input))],
            recording,
            parts,
            () => new(taken++),
            1,
            new MergeOptions { Writer = s_small, MaxOpenOutputs = 2 },
            CancellationToken.None);
        Array.ForEach(inputs, input => input.Dispose());
        manifest = manifest.With([.. manifest.Parts.Select(p => p.Id)], result.Parts.ToArray());
        manifest.Save(recording, parts);
        manifest.RemoveUnknownFiles(recording, parts).Count.ShouldBe(2);

        for (int count = 0; count <= recording.Count; count++)
        {
            for (int variant = 0; variant < 4; variant++)
            {
                string image = _directory.File($"image-{count}-{variant}");
                CrashImage.Write(recording, count, Choice(variant, count * 4 + variant), image);
                PartModel least = saved.Last(s => s.Operations <= count).Expected;

                PartModel found = ReadAll(image);

                // What a finished save named is there; a save in progress may have arrived as well.
                bool next = found.Floats.Count > least.Floats.Count;
                (next ? saved.First(s => s.Operations > count).Expected : least).Difference(found).ShouldBe("", $"operation {count}, variant {variant}");
                Directory.Delete(image, recursive: true);
            }
        }
    }

    [Fact]
    public void Merge_DiskFullAtAnyWrite_ThrowsAndLeavesNoFile()
    {
        PartGen.Build(new Random(3)).Write(_directory.Path, new(1), 0);
        using PartReader part = PartReader.Open(_directory.File(new PartId(1).FileName));
        int failures = 0;
        for (int allowed = 0; ; allowed++)
        {
            var files = new FullDisk(allowed);
            try
            {
                ulong next = 2;
                MergeResult result = PartMerger.Merge(
                    [new(part)], files, _directory.Path, () => new(next++), 1, new MergeOptions { Writer = s_small, MaxOpenOutputs = 1 }, CancellationToken.None);
                Directory.GetFiles(_directory.Path, "*.part").Length.ShouldBe(1 + result.Parts.Count);
                break;
            }
            catch (IOException full)
            {
                full.Message.ShouldBe("no space");
                failures++;
                Directory.GetFiles(_directory.Path, "*.part").ShouldHaveSingleItem();
            }
        }

        failures.ShouldBeGreaterThan(3);
    }

    private static CrashImageChoice Choice(int variant, int seed) => variant switch
    {
        0 => CrashImageChoice.Nothing,
        1 => CrashImageChoice.Everything,
        _ => CrashImageChoice.Random(seed),
    };

    private static PartInfo Write(IFileSystem files, string parts, PartModel model, PartId id)
    {
        using PartWriter writer = PartWriter.Create(files, Path.Combine(parts, id.FileName), id, 0, s_small);
        foreach (TenantId tenant in model.Tenants)
        {
            writer.BeginTenant(tenant);
            foreach (var (key, value) in model.Floats.Where(p => p.Key.Tenant == tenant))
            {
                writer.AddRun(key.Ref, [key.Time], [value.Bits], [value.Start]);
            }

            foreach (var (key, value) in model.Histograms.Where(p => p.Key.Tenant == tenant))
            {
                writer.AddHistogram(key.Ref, key.Time, value.Start, value.Payload);
            }
        }

        return writer.Finish();
    }

    private static PartModel ReadAll(string folder)
    {
        PartManifest manifest = PartManifest.Load(folder);
        _ = manifest.RemoveUnknownFiles(LocalFileSystem.Instance, folder);
        var models = new List<PartModel>();
        foreach (PartInfo info in manifest.Parts)
        {
            using PartReader part = PartReader.Open(Path.Combine(folder, info.Id.FileName));
            part.Info.ShouldBe(info);
            models.Add(PartModel.Read(part, QueryRange.All, PartGen.SeriesCount));
        }

        return PartModel.Merge(models);
    }

    private sealed class FullDisk(int allowedWrites) : IFileSystem
    {
        private int _left = allowedWrites;

        public IWritableFile Create(string path) => new Limited(this, LocalFileSystem.Instance.Create(path));

        public IWritableFile OpenExisting(string path) => new Limited(this, LocalFileSystem.Instance.OpenExisting(path));

        public void CreateDirectory(string path) => LocalFileSystem.Instance.CreateDirectory(path);

        public void Move(string source, string destination) => LocalFileSystem.Instance.Move(source, destination);

        public void DeleteFile(string path) => LocalFileSystem.Instance.DeleteFile(path);

        public void DeleteDirectory(string path) => LocalFileSystem.Instance.DeleteDirectory(path);

        public void SyncDirectory(string path) => Spend();

        private void Spend()
        {
            if (_left-- <= 0)
            {
                throw new IOException("no space");
            }
        }

        private sealed class Limited(FullDisk disk, IWritableFile inner) : IWritableFile
        {
            public string Path => inner.Path;

            public long Length => inner.Length;

            public void Write(long offset, ReadOnlySpan<byte> bytes)
            {
                disk.Spend();
                inner.Write(offset, bytes);
            }

            public void Sync()
            {
                disk.Spend();
                inner.Sync();
            }

            public void SetLength(long lengthBytes) => inner.SetLength(lengthBytes);

            public void Dispose() => inner.Dispose();
        }
    }
}

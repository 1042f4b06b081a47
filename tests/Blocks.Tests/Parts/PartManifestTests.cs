using CsCheck;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Parts;

public sealed class PartManifestTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Load_NoFile_IsEmpty()
    {
        PartManifest.Load(_directory.Path).Parts.ShouldBeEmpty();
        PartManifest.Load(_directory.File("missing")).NextId.ShouldBe(new PartId(1));
    }

    [Fact]
    public void Load_AfterSave_IsTheSame()
    {
        Gen.Select(Gen.ULong[1, 1000].HashSet[0, 20], Gen.Long, Gen.String, Gen.String[1, 10]).Sample(
            (ids, number, value, key) =>
            {
                PartInfo[] parts = [.. ids.Order().Select(id => new PartInfo(new(id), 1, number, number, 3, 4, 5, 6))];
                PartManifest manifest = PartManifest.Empty.With([], parts);
                manifest = char.IsSurrogate(string.Concat(key, value).FirstOrDefault(char.IsSurrogate)) ? manifest : manifest.WithProperty(key, value);
                manifest = manifest.WithDropped(TenantId.Parse("a"), [.. manifest.Parts.Where(p => p.Id.Value % 3 == 0).Select(p => p.Id)]);
                manifest = manifest.WithDropped(TenantId.Parse("b-(1)"), [.. manifest.Parts.Where(p => p.Id.Value % 2 == 0).Select(p => p.Id)]);
                manifest.Save(LocalFileSystem.Instance, _directory.Path);

                PartManifest loaded = PartManifest.Load(_directory.Path);

                loaded.Parts.ShouldBe(manifest.Parts);
                loaded.NextId.ShouldBe(manifest.NextId);
                loaded.Properties.ShouldBe(manifest.Properties);
                loaded.Dropped.Keys.ShouldBe(manifest.Dropped.Keys);
                loaded.Dropped.ShouldAllBe(part => part.Value.SetEquals(manifest.Dropped[part.Key]));
            },
            iter: 100,
            threads: 1);
    }

    [Fact]
    public void Load_CutOrFlippedAnywhere_IsCorrupt()
    {
        PartManifest.Empty.With([], [new(new(3), 0, 1, 2, 3, 4, 5, 6)]).WithProperty("format", "1").WithDropped(TenantId.Anonymous, [new(3)]).Save(LocalFileSystem.Instance, _directory.Path);
        string path = _directory.File(PartManifest.FileName);
        byte[] bytes = File.ReadAllBytes(path);
        PartManifest.Load(_directory.Path).Parts.Length.ShouldBe(1);
        for (int at = 0; at < bytes.Length; at++)
        {
            File.WriteAllBytes(path, bytes.AsSpan(0, at));
            Should.Throw<CorruptDataException>(() => PartManifest.Load(_directory.Path)).File.ShouldBe(path);

            byte[] flipped = [.. bytes];
            flipped[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(path, flipped);
            Should.Throw<CorruptDataException>(() => PartManifest.Load(_directory.Path)).File.ShouldBe(path);
        }
    }

    [Fact]
    public void Load_Version1_HasNothingDropped()
    {
        const string Content = "remotestore parts 1\nnext 0000000000000005\nproperty a b\npart 0000000000000003 0 1 2 3 4 5 6\n";
        string checksum = System.IO.Hashing.XxHash3.HashToUInt64(System.Text.Encoding.UTF8.GetBytes(Content)).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
        File.WriteAllText(_directory.File(PartManifest.FileName), $"{Content}checksum {checksum}\n");

        PartManifest manifest = PartManifest.Load(_directory.Path);

        manifest.Parts.ShouldHaveSingleItem().ShouldBe(new PartInfo(new(3), 0, 1, 2, 3, 4, 5, 6));
        manifest.NextId.ShouldBe(new PartId(5));
        manifest.Properties["a"].ShouldBe("b");
        manifest.Dropped.ShouldBeEmpty();
    }

    [Fact]
    public void WithDropped_PartRemoved_ForgetsIt()
    {
        PartManifest manifest = PartManifest.Empty.With([], [Info(1), Info(2)]);

        PartManifest dropped = manifest.WithDropped(TenantId.Anonymous, [new(1), new(2)]);

        dropped.DroppedFrom(new(1)).ShouldHaveSingleItem().ShouldBe(TenantId.Anonymous);
        dropped.With([new(1)], [Info(3)]).Dropped.Keys.ShouldBe([new(2)]);
        dropped.DroppedFrom(new(3)).ShouldBeEmpty();
        Should.Throw<ArgumentException>(() => manifest.WithDropped(TenantId.Anonymous, [new(3)]));
    }

    [Fact]
    public void With_RemovedAndAdded_KeepsNumbersRising()
    {
        PartManifest manifest = PartManifest.Empty.With([], [Info(1), Info(2), Info(3)]);

        PartManifest merged = manifest.With([new(1), new(2)], [Info(4)]);

        merged.Parts.Select(p => p.Id.Value).ShouldBe([3UL, 4UL]);
        merged.NextId.ShouldBe(new PartId(5));
        merged.TakeId(out PartId taken).NextId.ShouldBe(new PartId(6));
        taken.ShouldBe(new PartId(5));
        Should.Throw<ArgumentException>(() => merged.With([new(1)], []));
        Should.Throw<ArgumentException>(() => merged.With([], [Info(3)]));
    }

    [Fact]
    public void Rebuild_ManifestLost_NamesEveryPartThatOpens()
    {
        PartInfo first = PartGen.Build(new Random(1)).Write(_directory.Path, new(5), 0);
        PartInfo second = PartGen.Build(new Random(2)).Write(_directory.Path, new(9), 2);
        File.WriteAllBytes(_directory.File(new PartId(12).FileName), [1, 2, 3]);
        File.Copy(_directory.File(first.Id.FileName), _directory.File(new PartId(6).FileName));
        File.WriteAllText(_directory.File("other.part"), "");

        PartManifest manifest = PartManifest.Rebuild(_directory.Path, out IReadOnlyList<CorruptDataException> unreadable);

        manifest.Parts.ShouldBe([first, second]);
        manifest.NextId.ShouldBe(new PartId(13));
        unreadable.Select(e => Path.GetFileName(e.File)).Order().ShouldBe([new PartId(6).FileName, new PartId(12).FileName]);
    }

    [Fact]
    public void RemoveUnknownFiles_LeavesNamedPartsAndForeignFiles()
    {
        PartInfo known = PartGen.Build(new Random(1)).Write(_directory.Path, new(5), 0);
        _ = PartGen.Build(new Random(2)).Write(_directory.Path, new(6), 0);
        File.WriteAllText(_directory.File("notes.txt"), "");
        Directory.CreateDirectory(_directory.File("damaged"));
        PartManifest manifest = PartManifest.Empty.With([], [known]);
        manifest.Save(LocalFileSystem.Instance, _directory.Path);
        File.WriteAllText(_directory.File("MANIFEST.tmp"), "");

        manifest.RemoveUnknownFiles(LocalFileSystem.Instance, _directory.Path).Order().ShouldBe([new PartId(6).FileName, "MANIFEST.tmp"]);

        Directory.GetFileSystemEntries(_directory.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal)
            .ShouldBe([known.Id.FileName, "MANIFEST", "damaged", "notes.txt"]);
    }

    [Fact]
    public void PartId_FileName_RoundTrips()
    {
        PartId.TryParseFileName(new PartId(0xdeadbeef).FileName, out PartId id).ShouldBeTrue();
        id.ShouldBe(new PartId(0xdeadbeef));
        PartId.TryParseFileName("00000000DEADBEEF.part", out _).ShouldBeFalse();
        PartId.TryParseFileName("0000000deadbeef.part", out _).ShouldBeFalse();
    }

    private static PartInfo Info(ulong id) => new(new(id), 0, 1, 2, 3, 0, 100, 1);
}

using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Parts;

public sealed class PartDamageTests : IDisposable
{
    private static readonly PartWriterOptions s_small = new() { FlushedBlockRows = 60, MergedBlockRows = 60, HistogramBlockBytes = 400 };

    private readonly TemporaryDirectory _directory = new();
    private readonly PartModel _model = SmallModel();
    private readonly byte[] _bytes;
    private readonly string _path;

    public PartDamageTests()
    {
        _path = _directory.File(new PartId(1).FileName);
        _ = _model.Write(_directory.Path, new(1), 1, s_small);
        _bytes = File.ReadAllBytes(_path);
    }

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Open_CutAnywhere_IsDetectedAndNamed()
    {
        for (int length = 0; length < _bytes.Length; length++)
        {
            File.WriteAllBytes(_path, _bytes.AsSpan(0, length));

            Should.Throw<CorruptDataException>(() => PartReader.Open(_path)).File.ShouldBe(_path);
        }
    }

    [Fact]
    public void Read_FlippedBitAnywhere_IsDetectedAndNamed()
    {
        for (int at = 0; at < _bytes.Length; at++)
        {
            byte[] damaged = [.. _bytes];
            damaged[at] ^= (byte)(1 << (at % 8));
            ExpectDetected(damaged, at, 1);
        }
    }

    [Fact]
    public void Read_ZeroedStretchAnywhere_IsDetectedAndNamed()
    {
        for (int at = 0; at < _bytes.Length; at += 37)
        {
            int length = Math.Min(512, _bytes.Length - at);
            byte[] damaged = [.. _bytes];
            damaged.AsSpan(at, length).Clear();
            ExpectDetected(damaged, at, length);
        }
    }

    [Fact]
    public void Read_AppendedOrForeignBytes_IsDetected()
    {
        File.WriteAllBytes(_path, [.. _bytes, 0]);
        Should.Throw<CorruptDataException>(() => PartReader.Open(_path));

        new Random(1).NextBytes(_bytes);
        File.WriteAllBytes(_path, _bytes);
        Should.Throw<CorruptDataException>(() => PartReader.Open(_path));
    }

    [Fact]
    public void Read_BlockOfAnotherPartAtThatPlace_IsDetected()
    {
        string other = _directory.File(new PartId(2).FileName);
        _ = _model.Write(_directory.Path, new(2), 1, s_small);
        byte[] foreign = File.ReadAllBytes(other);
        int length = 64 + BitConverter.ToInt32(_bytes, 32 + 8);
        foreign.AsSpan(32, length).CopyTo(_bytes.AsSpan(32));
        File.WriteAllBytes(_path, _bytes);

        using PartReader part = PartReader.Open(_path);

        part.VerifyAll(CancellationToken.None).Single().Offset.ShouldBe(32);
    }

    [Fact]
    public void Salvage_FlippedBitAnywhere_KeepsAllButTheBlockAndReportsIt()
    {
        PartReader whole = PartReader.Open(_path);
        BlockEntry[] entries = whole.Index.Entries;
        whole.Dispose();
        for (int at = 0; at < _bytes.Length; at += 11)
        {
            byte[] damaged = [.. _bytes];
            damaged[at] ^= 0x10;
            File.WriteAllBytes(_path, damaged);

            SalvageReport report = Salvage();

            BlockEntry hit = Array.Find(entries, e => at >= e.Offset && at < e.Offset + e.Length);
            long expected = hit.Rows;
            report.Part.ShouldNotBeNull();
            (report.Part.Rows + report.Part.HistogramRows).ShouldBe(_model.Floats.Count + _model.Histograms.Count - expected, $"flipped at {at}");
            report.Lost.Count.ShouldBe(expected > 0 ? 1 : 0);
            report.RowsLost.ShouldBe(expected);
            if (expected > 0)
            {
                report.Lost[0].Offset.ShouldBe(hit.Offset);
                DamagedContent content = report.Lost[0].Content.ShouldNotBeNull();
                (content.FirstRef, content.LastRef, content.MinTime, content.MaxTime).ShouldBe((hit.FirstRef, hit.LastRef, hit.MinTime, hit.MaxTime));
                content.Tenant.ShouldNotBeNull();
            }

            ExpectSubset();
        }
    }

    [Fact]
    public void Salvage_CutAnywhere_KeepsEveryWholeBlock()
    {
        using PartReader whole = PartReader.Open(_path);
        BlockEntry[] entries = whole.Index.Entries;
        for (int length = 0; length < _bytes.Length; length += 13)
        {
            File.WriteAllBytes(_path, _bytes.AsSpan(0, length));

            SalvageReport report = Salvage();

            report.IndexLost.ShouldBeTrue();
            long expected = entries.Where(e => e.Offset + e.Length <= length).Sum(e => (long)e.Rows);
            (report.Part is null ? 0 : report.Part.Rows + report.Part.HistogramRows).ShouldBe(expected, $"cut at {length}");
            if (expected > 0)
            {
                ExpectSubset();
            }
        }
    }

    [Fact]
    public void Salvage_IndexAndABlockHeaderLost_FindsTheBlocksBehind()
    {
        using PartReader whole = PartReader.Open(_path);
        BlockEntry[] entries = [.. whole.Index.Entries.OrderBy(e => e.Offset)];
        _bytes.AsSpan(_bytes.Length - 60).Clear();
        _bytes.AsSpan((int)entries[2].Offset, 20).Clear();
        File.WriteAllBytes(_path, _bytes);

        SalvageReport report = Salvage();

        report.IndexLost.ShouldBeTrue();
        report.Part.ShouldNotBeNull();
        (report.Part.Rows + report.Part.HistogramRows).ShouldBe(entries.Sum(e => (long)e.Rows) - entries[2].Rows);
        DamagedBlock lost = report.Lost.ShouldHaveSingleItem();
        (lost.Offset, lost.LengthBytes, lost.Content).ShouldBe((entries[2].Offset, entries[2].Length, null));
        ExpectSubset();
    }

    [Fact]
    public void Salvage_BlockInsideADamagedPayload_IsNotTakenForData()
    {
        // A sender who knew offset and part number could put a whole block of another tenant into a histogram payload.
        var forged = new PartModel();
        forged.AddFloat(PartGen.Tenant(2), 1, 5, 5);
        var carrier = new PartModel();
        const int PayloadAt = 32 + 64;
        byte[] block = [];
        for (int guess = PayloadAt; guess < PayloadAt + 200; guess++)
        {
            block = Forge(forged, new(1), guess);
            carrier.Histograms.Clear();
            carrier.AddHistogram(PartGen.Tenant(1), 1, 1, block);
            _ = carrier.Write(_directory.Path, new(1), 0);
            if (File.ReadAllBytes(_path).AsSpan(guess).StartsWith(block))
            {
                break;
            }
        }

        byte[] bytes = File.ReadAllBytes(_path);
        bytes[^1] ^= 1;
        bytes[PayloadAt + 1] ^= 1;
        bytes.AsSpan().IndexOf(block).ShouldBeGreaterThan(PayloadAt);
        File.WriteAllBytes(_path, bytes);

        SalvageReport report = Salvage();

        report.Part.ShouldBeNull();
        report.RowsLost.ShouldBe(1);
    }

    private static byte[] Forge(PartModel model, PartId id, long offset)
    {
        using var other = new TemporaryDirectory();
        _ = model.Write(other.Path, id, 0);
        byte[] bytes = File.ReadAllBytes(other.File(id.FileName));
        BlockHeader.Read(bytes.AsSpan(32), 32, id, out BlockHeader header).ShouldBeNull();
        byte[] block = bytes.AsSpan(32, 64 + header.BodyLength).ToArray();
        header.Write(block, offset, id);
        return block;
    }

    /// <summary>A few kilobytes in a dozen blocks, because every byte of them is damaged once.</summary>
    private static PartModel SmallModel()
    {
        PartModel all = PartGen.Build(new Random(42), extremes: false);
        var model = new PartModel();
        all.Floats.Where(p => p.Key.Ref % 3 == 0).ToList().ForEach(p => model.Floats.Add(p.Key, p.Value));
        all.Histograms.Where(p => p.Key.Ref % 3 == 0).ToList().ForEach(p => model.Histograms.Add(p.Key, p.Value));
        return model;
    }

    private SalvageReport Salvage() =>
        PartSalvager.Salvage(_path, LocalFileSystem.Instance, _directory.File(new PartId(77).FileName), new(77), CancellationToken.None);

    private void ExpectSubset()
    {
        using PartReader saved = PartReader.Open(_directory.File(new PartId(77).FileName));
        saved.VerifyAll(CancellationToken.None).ShouldBeEmpty();
        PartModel found = PartModel.Read(saved, QueryRange.All, PartGen.SeriesCount);
        (found.Floats.Count + found.Histograms.Count).ShouldBe((int)(saved.Info.Rows + saved.Info.HistogramRows));
        foreach (var (key, value) in found.Floats)
        {
            _model.Floats[key].ShouldBe(value);
        }

        foreach (var (key, value) in found.Histograms)
        {
            _model.Histograms[key].Payload.ShouldBe(value.Payload);
        }
    }

    private void ExpectDetected(byte[] damaged, int at, int length)
    {
        File.WriteAllBytes(_path, damaged);
        try
        {
            using PartReader part = PartReader.Open(_path);
            IReadOnlyList<DamagedBlock> blocks = part.VerifyAll(CancellationToken.None);
            bool changed = !damaged.AsSpan().SequenceEqual(_bytes);
            blocks.Any(b => b.Offset < at + length && b.Offset + b.LengthBytes > at).ShouldBe(changed, $"damage at {at}");
        }
        catch (CorruptDataException corrupt)
        {
            corrupt.File.ShouldBe(_path);
        }
    }
}

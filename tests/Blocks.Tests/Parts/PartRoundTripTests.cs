using CsCheck;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Parts;

public sealed class PartRoundTripTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0, 4096)]
    [InlineData(0, 17)]
    [InlineData(1, 8192)]
    [InlineData(2, 100)]
    [InlineData(3, 1)]
    public void Read_AnyContent_ReturnsWhatWasWritten(int level, int blockRows)
    {
        var options = new PartWriterOptions { FlushedBlockRows = blockRows, MergedBlockRows = blockRows, HistogramBlockBytes = 1000 };
        PartGen.Part.Sample(
            model =>
            {
                PartInfo info = model.Write(_directory.Path, new(1), level, options);
                using PartReader part = PartReader.Open(_directory.File(info.Id.FileName));
                part.Info.ShouldBe(info);
                part.Tenants.ShouldBe(model.Tenants);
                part.VerifyAll(CancellationToken.None).ShouldBeEmpty();
                model.Difference(PartModel.Read(part, QueryRange.All, PartGen.SeriesCount)).ShouldBe("");
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public void Info_AfterFinish_TellsRangeAndCounts()
    {
        var model = new PartModel();
        model.AddFloat(PartGen.Tenant(1), 7, 1000, 5);
        model.AddFloat(PartGen.Tenant(2), 1, 3000, 6);
        model.AddHistogram(PartGen.Tenant(2), 9, -50, [1, 2]);

        PartInfo info = model.Write(_directory.Path, new(0xab), 2);

        info.ShouldBe(new PartInfo(new(0xab), 2, -50, 3000, 2, 1, new FileInfo(_directory.File("00000000000000ab.part")).Length, 2));
    }

    [Fact]
    public void Read_RangeWithinSeries_ReturnsOnlyThatRange()
    {
        PartModel model = PartGen.Build(new Random(7), extremes: false);
        model.Write(_directory.Path, new(1), 0, new PartWriterOptions { FlushedBlockRows = 64 });
        var range = new QueryRange(1_700_000_000_000 + 15000, 1_700_000_000_000 + 60000);
        var expected = new PartModel();
        model.Floats.Where(p => range.Contains(p.Key.Time)).ToList().ForEach(p => expected.Floats.Add(p.Key, p.Value));
        model.Histograms.Where(p => range.Contains(p.Key.Time)).ToList().ForEach(p => expected.Histograms.Add(p.Key, p.Value));

        using PartReader part = PartReader.Open(_directory.File(new PartId(1).FileName));

        expected.Floats.Count.ShouldBeGreaterThan(50);
        expected.Difference(PartModel.Read(part, range, PartGen.SeriesCount)).ShouldBe("");
    }

    [Fact]
    public void Read_RefsInAnyOrder_ReturnsTheSameSamples()
    {
        PartModel model = PartGen.Build(new Random(11), extremes: false);
        model.Write(_directory.Path, new(1), 0, new PartWriterOptions { FlushedBlockRows = 20, HistogramBlockBytes = 100 });
        using PartReader part = PartReader.Open(_directory.File(new PartId(1).FileName));
        TenantId tenant = part.Tenants[0];
        using PartCursor cursor = part.OpenCursor(tenant, QueryRange.All);
        var random = new Random(1);
        var samples = new SampleBuffer();

        for (int i = 0; i < 2000; i++)
        {
            uint seriesRef = (uint)random.Next((int)PartGen.SeriesCount + 2);
            samples.Clear();
            cursor.ReadSeries(seriesRef, samples);

            samples.Timestamps.ToArray().ShouldBe(model.Floats.Keys.Where(k => k.Tenant == tenant && k.Ref == seriesRef).Select(k => k.Time));
            (samples.Count + samples.HistogramCount > 0).ShouldBe(
                cursor.MightContain(seriesRef) && samples.Count + samples.HistogramCount > 0, "a series with samples is never ruled out");
        }
    }

    [Fact]
    public void OpenCursor_UnknownTenant_HasNoSamples()
    {
        PartGen.Build(new Random(3)).Write(_directory.Path, new(1), 0);
        using PartReader part = PartReader.Open(_directory.File(new PartId(1).FileName));
        using PartCursor cursor = part.OpenCursor(TenantId.Parse("nobody"), QueryRange.All);
        var samples = new SampleBuffer();

        cursor.ReadSeries(0, samples);

        samples.Count.ShouldBe(0);
        cursor.MightContain(0).ShouldBeFalse();
        part.HasTenant(TenantId.Parse("nobody")).ShouldBeFalse();
    }

    [Fact]
    public void Finish_NoRows_GivesAnEmptyPartThatOpens()
    {
        PartInfo info = new PartModel().Write(_directory.Path, new(1), 1);

        info.IsEmpty.ShouldBeTrue();
        using PartReader part = PartReader.Open(_directory.File(info.Id.FileName));
        part.Info.ShouldBe(info);
        part.Tenants.ShouldBeEmpty();
    }

    [Fact]
    public void AddHistogram_LargePayload_RoundTrips()
    {
        byte[] payload = new byte[3 << 20];
        new Random(5).NextBytes(payload);
        var model = new PartModel();
        model.AddHistogram(PartGen.Tenant(1), 3, 1, [9]);
        model.AddHistogram(PartGen.Tenant(1), 3, 2, payload, 17);
        model.AddHistogram(PartGen.Tenant(1), 4, 2, []);
        model.Write(_directory.Path, new(1), 1);

        using PartReader part = PartReader.Open(_directory.File(new PartId(1).FileName));

        model.Difference(PartModel.Read(part, QueryRange.All, 10)).ShouldBe("");
    }

    [Fact]
    public void AddRun_SeriesLongerThanABlock_StaysOneSeries()
    {
        var model = new PartModel();
        for (int i = 0; i < 30000; i++)
        {
            model.AddFloat(PartGen.Tenant(0), 5, i * 10L, i);
        }

        model.AddFloat(PartGen.Tenant(0), 6, 3, 3);
        model.Write(_directory.Path, new(1), 1);

        using PartReader part = PartReader.Open(_directory.File(new PartId(1).FileName));

        model.Difference(PartModel.Read(part, QueryRange.All, 10)).ShouldBe("");
    }

    [Fact]
    public void Add_OutOfOrder_Throws()
    {
        using PartWriter writer = PartWriter.Create(LocalFileSystem.Instance, _directory.File("x"), new(1), 0, PartWriterOptions.Default);
        Should.Throw<InvalidOperationException>(() => writer.AddRun(1, [1], [1], []));
        writer.BeginTenant(PartGen.Tenant(1));
        writer.AddFloats([1, 1, 2], [5, 6, 1], [0, 0, 0], []);

        Should.Throw<ArgumentException>(() => writer.AddFloats([2], [1], [0], []));
        Should.Throw<ArgumentException>(() => writer.AddFloats([1], [9], [0], []));
        Should.Throw<ArgumentException>(() => writer.AddFloats([3, 3], [9, 8], [0, 0], []));
        Should.Throw<ArgumentException>(() => writer.AddFloats([3, 4], [9, 8], [0], []));
        Should.Throw<ArgumentException>(() => writer.BeginTenant(PartGen.Tenant(0)));
        writer.AddHistogram(4, 1, 0, []);
        Should.Throw<ArgumentException>(() => writer.AddHistogram(4, 1, 0, []));
    }

    [Fact]
    public void Dispose_BeforeFinish_RemovesTheFile()
    {
        string path = _directory.File("x");
        using (PartWriter writer = PartWriter.Create(LocalFileSystem.Instance, path, new(1), 0, PartWriterOptions.Default))
        {
            writer.BeginTenant(PartGen.Tenant(1));
            writer.AddRun(1, [1], [1], []);
            File.Exists(path).ShouldBeTrue();
        }

        File.Exists(path).ShouldBeFalse();
    }

    [Fact]
    public void Cursor_PartDisposedAndDeleted_StillReads()
    {
        var pool = new PartBufferPool();
        PartModel model = PartGen.Build(new Random(21));
        PartInfo info = model.Write(_directory.Path, new(1), 0);
        string path = _directory.File(info.Id.FileName);
        PartReader part = PartReader.Open(path, pool);
        using (PartCursor cursor = part.OpenCursor(part.Tenants[0], QueryRange.All))
        {
            File.Delete(path);
            part.Dispose();
            var samples = new SampleBuffer();
            for (uint seriesRef = 0; seriesRef < PartGen.SeriesCount; seriesRef++)
            {
                cursor.ReadSeries(seriesRef, samples);
            }

            samples.Count.ShouldBe(model.Floats.Keys.Count(k => k.Tenant == part.Tenants[0]));
            using PartCursor second = part.OpenCursor(part.Tenants[0], QueryRange.All);
        }

        Should.Throw<ObjectDisposedException>(() => part.OpenCursor(part.Tenants[0], QueryRange.All));
        pool.Rented.ShouldBe(0);
    }

    [Fact]
    public void Cursors_ManyThreads_ReadTheSame()
    {
        PartModel model = PartGen.Build(new Random(31));
        model.Write(_directory.Path, new(1), 1, new PartWriterOptions { MergedBlockRows = 50 });
        using PartReader part = PartReader.Open(_directory.File(new PartId(1).FileName));

        Parallel.For(0, 8, _ => model.Difference(PartModel.Read(part, QueryRange.All, PartGen.SeriesCount)).ShouldBe(""));
    }

    [Fact]
    public void ReadSeries_SteadyState_AllocatesNothing()
    {
        var model = new PartModel();
        for (uint seriesRef = 0; seriesRef < 500; seriesRef++)
        {
            for (int i = 0; i < 20; i++)
            {
                model.AddFloat(PartGen.Tenant(0), seriesRef, i * 15000L, BitConverter.DoubleToInt64Bits(seriesRef + i / 10.0));
            }
        }

        model.Write(_directory.Path, new(1), 1, new PartWriterOptions { MergedBlockRows = 1000 });
        using PartReader part = PartReader.Open(_directory.File(new PartId(1).FileName));
        using PartCursor cursor = part.OpenCursor(PartGen.Tenant(0), QueryRange.All);
        var samples = new SampleBuffer();
        ReadAll();
        ReadAll();

        long before = GC.GetAllocatedBytesForCurrentThread();
        ReadAll();

        // Ten blocks were read, decompressed and decoded; nothing may be allocated per row.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(2000);

        void ReadAll()
        {
            for (uint seriesRef = 0; seriesRef < 500; seriesRef++)
            {
                samples.Clear();
                cursor.ReadSeries(seriesRef, samples);
                if (samples.Count != 20)
                {
                    throw new InvalidOperationException("samples are missing");
                }
            }
        }
    }
}

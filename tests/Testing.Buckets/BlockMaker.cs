using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Testing.Buckets;

/// <summary>Makes small blocks in local directories, and metas of blocks that exist nowhere.</summary>
public static class BlockMaker
{
    public static TenantId Tenant { get; } = TenantId.Parse("team-a");

    /// <summary>An id that tells its number, of blocks made one after another.</summary>
    public static BlockId Id(int number) => new((ulong)(1_700_000_000_000 + number) << 16, (ulong)number);

    /// <summary>Writes a block of two hours with some series and gives its directory.</summary>
    public static string Write(string root, int number, int series = 3, TenantId? tenant = null)
    {
        TenantId owner = tenant ?? Tenant;
        string directory = Path.Combine(root, owner.Name, Id(number).ToString());
        long start = number * 7_200_000L;
        var options = new BlockWriterOptions { Id = Id(number), Tenant = owner, Range = new(start, start + 7_200_000), Sources = ["00000001"] };
        using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, directory, options);
        for (int i = 0; i < series; i++)
        {
            var samples = new SampleBuffer();
            for (int sample = 0; sample < 240; sample++)
            {
                samples.Add(start + (sample * 15_000L), BitConverter.DoubleToInt64Bits((sample * 1.5) + i));
            }

            writer.AddSeries(LabelSet.From("__name__", "up", "instance", $"host-{i}").Bytes.ToArray(), samples);
        }

        _ = writer.Finish(CancellationToken.None);
        return directory;
    }

    /// <summary>What a block would say of itself.</summary>
    public static BlockMeta Meta(int number, int level = 1, IReadOnlyList<int>? sources = null, long resolutionMs = 0, BlockRange? range = null)
    {
        BlockRange within = range ?? new(0, 7_200_000);
        return new()
        {
            Id = Id(number),
            Tenant = Tenant,
            Range = within,
            MinTime = within.Start,
            MaxTime = within.End - 1,
            Level = level,
            ResolutionMs = resolutionMs,
            Sources = sources is null ? ["00000001"] : [.. sources.Select(static source => Id(source).ToString())],
            Stats = new BlockStats { Series = 1, FloatSamples = 2 },
            Files = [new(BlockFile.Index, 10, 1), new(BlockFile.Chunks, 20, 2)],
        };
    }
}

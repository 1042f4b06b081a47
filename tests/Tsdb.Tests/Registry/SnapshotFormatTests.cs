using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Tsdb.Registry;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Registry;

/// <summary>Holds the bytes of snapshots: files of every version that was ever written load, and the newest is written as it was.</summary>
public sealed class SnapshotFormatTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("remotestore-snapshot").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("snapshot-v1")]
    [InlineData("snapshot-v2")]
    public void Open_GoldenFile_FindsSeriesAndStates(string name)
    {
        File.Copy(Path.Combine(GoldenFolder(), name), RegistryFiles.Snapshot(_folder, 1));

        using TenantRegistryStore store = TenantRegistryStore.Open(LocalFileSystem.Instance, _folder, LabelLimits.Default, NullLogger.Instance);

        store.Report.Damages.ShouldBeEmpty();
        store.Report.RefEnd.ShouldBe(33u);
        store.Report.UnknownCount.ShouldBe(3);
        store.Registry.IsUnknown(new SeriesRef(21)).ShouldBeTrue();
        for (int i = 0; i < 30; i++)
        {
            var seriesRef = new SeriesRef((uint)(i < 20 ? i : i + 3));
            if (name == "snapshot-v2" && IsEvicted(i))
            {
                store.Registry.Contains(seriesRef).ShouldBeFalse();
                store.Registry.IsUnknown(seriesRef).ShouldBeFalse();
                continue;
            }

            store.Registry.GetLabels(seriesRef).SequenceEqual(SeriesLabels.Typical(i)).ShouldBeTrue();
            SeriesState state = store.Registry.State(seriesRef);
            (state.LastTimestamp, state.LastValueBits, state.FirstTimestamp, state.Flags)
                .ShouldBe((1_700_000_000_000 + i, BitConverter.DoubleToInt64Bits(i / 3.0), 1_600_000_000_000 - i, (byte)(i % 2)));
        }
    }

    [Fact]
    public void Write_SameSeries_GivesTheGoldenBytes()
    {
        using var registry = new SeriesRegistry(LabelLimits.Default);
        for (int i = 0; i < 30; i++)
        {
            if (i == 20)
            {
                registry.ReserveThrough(new SeriesRef(22));
            }

            if (IsEvicted(i))
            {
                registry.SkipTo(registry.RefEnd + 1);
                continue;
            }

            ref SeriesState state = ref registry.State(SeriesLabels.Add(registry, SeriesLabels.Typical(i)));
            state.LastTimestamp = 1_700_000_000_000 + i;
            state.LastValueBits = BitConverter.DoubleToInt64Bits(i / 3.0);
            state.FirstTimestamp = 1_600_000_000_000 - i;
            state.Flags = (byte)(i % 2);
        }

        string path = Path.Combine(_folder, "written");
        SeriesSnapshot.Write(LocalFileSystem.Instance, path, registry, registry.RefEnd, 7, CancellationToken.None);

        SeriesSnapshot.Verify(path).ShouldBe(new SnapshotSummary(21, 33, 7));
        File.ReadAllBytes(path).ShouldBe(File.ReadAllBytes(Path.Combine(GoldenFolder(), "snapshot-v2")));
    }

    private static bool IsEvicted(int i) => i % 10 is > 3 and < 7;

    private static string GoldenFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string golden = Path.Combine(folder.FullName, "tests", "Tsdb.Tests", "Registry", "Golden");
            if (Directory.Exists(golden))
            {
                return golden;
            }
        }

        throw new DirectoryNotFoundException("tests/Tsdb.Tests/Registry/Golden");
    }
}

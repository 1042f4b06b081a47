using System.Buffers.Binary;
using System.Globalization;
using RemoteStore.Tsdb.Wal;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Wal;

/// <summary>Logs of every version ever written stay readable.</summary>
public sealed class WalFormatTests : IDisposable
{
    // Version 1: two entries, "rows" and "meta data", in a generation with seed 0x0102030405060708.
    private const string HeaderV1 =
        "525357414C47454E0100000007000000080706050403020100A8DA769B01000000000100000000000000040000000000691362F16F072668";
    private const string EntriesV1 =
        "200000005253574504000000010000000000000001681992649FD337A61FF04E726F77732500000052535745090000000200000000000000"
        + "032E57DBCD347FB43C0F1EF86D6574612064617461000000";

    private readonly WalTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Replay_LogOfVersion1_ReadsIt()
    {
        string folder = Path.Combine(_folder.WalDirectory, "00000007");
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, "generation"), Convert.FromHexString(HeaderV1));
        File.WriteAllBytes(Path.Combine(folder, "00000000.seg"), [.. new byte[64], .. Convert.FromHexString(EntriesV1)]);

        (List<WalTestFolder.Entry> entries, WalReplayReport report) = _folder.Replay();
        entries.ShouldBe([
            new(WalEntryType.Rows, "rows"u8.ToArray(), new WalPosition(7, 64)),
            new(WalEntryType.Metadata, "meta data"u8.ToArray(), new WalPosition(7, 100)),
        ]);
        report.IsWhole.ShouldBeTrue();
        report.TornTailBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Entry_Bytes_LieWhereTheFormatPageSays()
    {
        await using (WriteAheadLog log = _folder.Open())
        {
            log.TryAppend(WalEntryType.Exemplars, "abcde"u8, out _).ShouldBeTrue();
        }

        byte[] segment = File.ReadAllBytes(_folder.Segment(1, 0));
        BinaryPrimitives.ReadInt32LittleEndian(segment.AsSpan(64)).ShouldBe(28 + 5);
        segment[68..72].ShouldBe("RSWE"u8.ToArray());
        BinaryPrimitives.ReadInt32LittleEndian(segment.AsSpan(72)).ShouldBe(5);
        BinaryPrimitives.ReadInt64LittleEndian(segment.AsSpan(76)).ShouldBe(1);
        segment[84].ShouldBe((byte)2);
        segment[96..101].ShouldBe("abcde"u8.ToArray());
        segment[101..].ShouldAllBe(b => b == 0);
        Directory.GetFiles(Path.Combine(_folder.WalDirectory, 1.ToString("x8", CultureInfo.InvariantCulture))).Length.ShouldBe(2);
    }

    [Fact]
    public void Replay_LogOfANewerVersion_RefusesIt()
    {
        string folder = Path.Combine(_folder.WalDirectory, "00000007");
        Directory.CreateDirectory(folder);
        byte[] header = Convert.FromHexString(HeaderV1);
        header[8] = 2;
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(48), System.IO.Hashing.XxHash3.HashToUInt64(header.AsSpan(0, 48)));
        File.WriteAllBytes(Path.Combine(folder, "generation"), header);

        Should.Throw<NotSupportedException>(() => _folder.Replay());
    }
}

using CsCheck;
using RemoteStore.Model;
using RemoteStore.Tsdb.Heads;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Heads;

public class RowEncoderTests
{
    private static readonly Gen<(uint Ref, long T, long Bits, long Start, byte[]? Payload)> s_row =
        Gen.Select(Gen.UInt, Gen.Long, Gen.Long, Gen.OneOf(Gen.Const(0L), Gen.Long), Gen.OneOf(Gen.Const((byte[]?)null), Gen.Byte.Array[0, 40].Select(b => (byte[]?)b)));

    [Fact]
    public void Decode_EncodedRows_AreTheSame() => s_row.Array[0, 50].Sample(rows =>
    {
        rows = [.. rows.Where(r => r.Payload is null), .. rows.Where(r => r.Payload is not null)];
        var encoder = new RowEncoder();
        encoder.Begin("tenant-1"u8, withStarts: true);
        foreach ((uint seriesRef, long t, long bits, long start, byte[]? payload) in rows)
        {
            if (payload is null)
            {
                encoder.AddFloat(seriesRef, t, bits, start);
            }
            else
            {
                encoder.AddHistogram(seriesRef, t, start, payload);
            }
        }

        var sink = new Collector();
        RowEncoder.TryDecode(encoder.Finish(), ref sink).ShouldBeTrue();
        sink.Tenant.ShouldBe(TenantId.Parse("tenant-1"));
        sink.Rows.ShouldBe(rows.Select(r => (r.Ref, r.T, r.Payload is null ? r.Bits : 0, r.Start, r.Payload is null ? null : Convert.ToHexString(r.Payload))));
    });

    [Fact]
    public void Decode_ArbitraryBytes_NeverThrows() => Gen.Byte.Array[0, 100].Sample(bytes =>
    {
        if (bytes.Length > 0)
        {
            bytes[0] = 1;
        }

        var sink = new Collector();
        bool decoded = RowEncoder.TryDecode(bytes, ref sink);
        (decoded || sink.Rows.Count <= bytes.Length).ShouldBeTrue();
    });

    private sealed class Collector : RowEncoder.IRowSink
    {
        public TenantId Tenant { get; private set; }

        public List<(uint Ref, long T, long Bits, long Start, string? Payload)> Rows { get; } = [];

        public bool OnTenant(TenantId tenant)
        {
            Tenant = tenant;
            return true;
        }

        public void OnFloat(uint seriesRef, long timestampMs, long valueBits, long startTimestampMs) =>
            Rows.Add((seriesRef, timestampMs, valueBits, startTimestampMs, null));

        public void OnHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload) =>
            Rows.Add((seriesRef, timestampMs, 0, startTimestampMs, Convert.ToHexString(payload)));
    }
}

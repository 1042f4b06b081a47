using CsCheck;
using RemoteStore.Primitives.Encoding;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Encoding;

public sealed class VarintTests
{
    [Theory]
    [InlineData(0UL, new byte[] { 0 })]
    [InlineData(127UL, new byte[] { 0x7f })]
    [InlineData(128UL, new byte[] { 0x80, 0x01 })]
    [InlineData(300UL, new byte[] { 0xac, 0x02 })]
    [InlineData(ulong.MaxValue, new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 })]
    public void Write_Value_IsTheFormOfProtobuf(ulong value, byte[] expected)
    {
        byte[] bytes = new byte[Varint.MaxLength];

        bytes[..Varint.Write(bytes, value)].ShouldBe(expected);
    }

    [Fact]
    public void Write_AnyValue_RoundTripsInTheStatedLength() => AnyBits().Sample(value =>
    {
        byte[] bytes = new byte[Varint.MaxLength + 3];
        int length = Varint.Write(bytes.AsSpan(2), value);
        int position = 2;

        Varint.TryRead(bytes, ref position, out ulong read).ShouldBeTrue();

        read.ShouldBe(value);
        position.ShouldBe(2 + length);
        length.ShouldBe(Varint.Length(value));
        length.ShouldBeInRange(1, Varint.MaxLength);
    });

    [Fact]
    public void TryRead_AnyPrefixOfAValue_IsRefused() => AnyBits().Sample(value =>
    {
        byte[] bytes = new byte[Varint.MaxLength];
        int length = Varint.Write(bytes, value);
        for (int cut = 0; cut < length; cut++)
        {
            int position = 0;
            Varint.TryRead(bytes.AsSpan(0, cut), ref position, out _).ShouldBeFalse();
        }
    });

    [Fact]
    public void TryRead_OverlongOrOverflowing_IsRefused()
    {
        Read([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00]).ShouldBeNull();
        Read([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02]).ShouldBeNull();
        Read([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]).ShouldBe(1UL << 63);
    }

    [Fact]
    public void TryRead_NotMinimal_IsAccepted() => Read([0x85, 0x80, 0x00]).ShouldBe(5UL);

    [Fact]
    public void TryRead_AnyBytes_NeverLeavesThem() => Gen.Byte.Array[0, 12].Sample(bytes =>
    {
        int position = 0;
        Varint.TryRead(bytes, ref position, out _);
        position.ShouldBeInRange(0, bytes.Length);
    });

    [Fact]
    public void ZigZag_AnyValue_RoundTripsAndKeepsSmallSmall()
    {
        Gen.Long.Sample(value =>
        {
            Varint.UnZigZag(Varint.ZigZag(value)).ShouldBe(value);
            byte[] bytes = new byte[Varint.MaxLength];
            int length = Varint.WriteSigned(bytes, value);
            int position = 0;
            Varint.TryReadSigned(bytes.AsSpan(0, length), ref position, out long read).ShouldBeTrue();
            read.ShouldBe(value);
        });
        new long[] { 0, -1, 1, -2, long.MaxValue, long.MinValue }.Select(Varint.ZigZag).ShouldBe([0UL, 1, 2, 3, ulong.MaxValue - 1, ulong.MaxValue]);
    }

    private static Gen<ulong> AnyBits() => Gen.Select(Gen.ULong, Gen.Int[0, 63], (value, shift) => value >> shift);

    private static ulong? Read(byte[] bytes)
    {
        int position = 0;
        return Varint.TryRead(bytes, ref position, out ulong value) ? value : null;
    }
}

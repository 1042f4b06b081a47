using CsCheck;
using RemoteStore.Model.Writes;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests;

public class SnappyBodyTests
{
    [Fact]
    public void TryDecompress_CompressedContent_GivesItBack() => Gen.Byte[0, 3].Array[0, 5000].Sample(content =>
    {
        var batch = new WriteBatch();

        SnappyBody.TryDecompress(SnappyBody.Compress(content), batch).ShouldBeTrue();
        batch.Bytes.ToArray().ShouldBe(content);
    });

    [Fact]
    public void TryGetDecodedLength_MostCompressibleContent_IsPlausible()
    {
        byte[] body = SnappyBody.Compress(new byte[8 << 20]);

        SnappyBody.TryGetDecodedLength(body, out int length).ShouldBeTrue();
        length.ShouldBe(8 << 20);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x0f })] // 4 GiB
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 0x07, 0x00, 0x61 })] // 2 GiB in two bytes
    [InlineData(new byte[] { 0x80, 0x80, 0x80, 0x80, 0x80, 0x00 })] // overlong
    [InlineData(new byte[] { 0x16, 0x00 })] // 22 bytes in one
    public void TryGetDecodedLength_Impossible_IsRefused(byte[] body) => SnappyBody.TryGetDecodedLength(body, out _).ShouldBeFalse();

    [Theory]
    [InlineData(new byte[] { 0x05, 0x10, 0x61 })] // literal cut short
    [InlineData(new byte[] { 0x05, 0x00, 0x61 })] // less than declared
    [InlineData(new byte[] { 0x01, 0x04, 0x61, 0x62 })] // more than declared
    [InlineData(new byte[] { 0x04, 0x01, 0x00 })] // copy from before the start
    [InlineData(new byte[] { 0x04, 0x0e, 0x00, 0x00 })] // copy from offset 0
    public void TryDecompress_Damaged_IsRefusedAndLeavesNothing(byte[] body)
    {
        var batch = new WriteBatch();

        SnappyBody.TryDecompress(body, batch).ShouldBeFalse();
        batch.BytesLength.ShouldBe(0);
    }
}

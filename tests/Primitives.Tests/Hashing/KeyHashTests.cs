using CsCheck;
using RemoteStore.Primitives.Hashing;
using Shouldly;
using Xunit;

namespace RemoteStore.Primitives.Tests.Hashing;

public class KeyHashTests
{
    [Fact]
    public void Hash_SameBytesAtAnyPlace_IsTheSame() => Gen.Select(Gen.ULong, Gen.Byte.Array[0, 300], Gen.Int[0, 9]).Sample((seed, bytes, shift) =>
    {
        var hash = new KeyHash(seed);
        byte[] moved = [.. new byte[shift], .. bytes, 0xff];
        hash.Hash(moved.AsSpan(shift, bytes.Length)).ShouldBe(hash.Hash(bytes));
    });

    [Fact]
    public void Hash_OneByteOrLengthChanged_Differs() => Gen.Select(Gen.ULong, Gen.Byte.Array[1, 300], Gen.Int[0, 1 << 20]).Sample((seed, bytes, at) =>
    {
        var hash = new KeyHash(seed);
        byte[] changed = [.. bytes];
        changed[at % bytes.Length] ^= 1;
        hash.Hash(changed).ShouldNotBe(hash.Hash(bytes));
        hash.Hash(bytes.AsSpan(1)).ShouldNotBe(hash.Hash(bytes));
        new KeyHash(seed + 1).Hash(bytes).ShouldNotBe(hash.Hash(bytes));
    });

    [Fact]
    public void Hash_CountedKeys_SpreadOverLowAndHighBits()
    {
        var hash = new KeyHash(1);
        int[] low = new int[1024];
        int[] high = new int[1024];
        for (int i = 0; i < 1 << 20; i++)
        {
            ulong value = hash.Hash(System.Text.Encoding.UTF8.GetBytes($"http_requests_total instance-{i}"));
            low[value & 1023]++;
            high[value >> 54]++;
        }

        // 1024 expected per cell, standard deviation 32: six of them leave a chance below 1e-6 over all cells.
        low.ShouldAllBe(count => Math.Abs(count - 1024) < 200);
        high.ShouldAllBe(count => Math.Abs(count - 1024) < 200);
    }
}

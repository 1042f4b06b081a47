namespace RemoteStore.Chunks.Tests.Support;

/// <summary>Makes bytes that no encoder wrote out of those one did.</summary>
internal static class Damage
{
    public static Encoded Apply(Encoded chunk, Random random)
    {
        byte[] header = [.. chunk.Header];
        byte[] packed = [.. chunk.Packed];
        switch (random.Next(7))
        {
            case 0 when header.Length > 0:
                header[random.Next(header.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when header.Length > 0:
                header[random.Next(header.Length)] = (byte)random.Next(256);
                break;
            case 2:
                header = header[..random.Next(header.Length + 1)];
                break;
            case 3:
                packed = packed[..random.Next(packed.Length + 1)];
                break;
            case 4 when packed.Length > 0:
                packed[random.Next(packed.Length)] ^= (byte)(1 << random.Next(8));
                break;
            case 5:
                random.NextBytes(header);
                break;
            default:
                for (int i = 0; i < 3 && header.Length > 0; i++)
                {
                    header[random.Next(Math.Min(8, header.Length))] = (byte)random.Next(256);
                }

                break;
        }

        return new Encoded(header, packed);
    }
}

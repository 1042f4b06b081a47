using System.Globalization;
using System.IO.Hashing;
using System.Text;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Format;

/// <summary>
/// Small documents that tell of blocks: an indented JSON object whose last property, <c>checksum</c>, is XxHash3 over all the text before it. To be read by
/// people, and never believed when a byte of it has changed.
/// </summary>
public static class SealedJson
{
    private const string ChecksumHead = "  \"checksum\": \"";
    private const string ChecksumTail = "\"\n}\n";
    private const string End = "\n}";
    private const int HashDigits = 16;

    /// <summary>Adds the checksum.</summary>
    /// <param name="json">An indented object with at least one property and none of the name <c>checksum</c>.</param>
    public static byte[] Seal(string json)
    {
        string text = json.ReplaceLineEndings("\n");
        if (!text.EndsWith(End, StringComparison.Ordinal))
        {
            throw new ArgumentException("the text is not an indented JSON object", nameof(json));
        }

        string body = text[..^End.Length] + ",\n"; // the closing brace and its line go behind the checksum
        return Encoding.UTF8.GetBytes(body + ChecksumHead + Hash(Encoding.UTF8.GetBytes(body)) + ChecksumTail);
    }

    /// <summary>Refuses what is not as it was sealed.</summary>
    /// <param name="path">What to call it in errors.</param>
    /// <param name="bytes">The whole text.</param>
    /// <exception cref="CorruptDataException">It is too short, or the checksum does not match.</exception>
    public static void Check(string path, ReadOnlySpan<byte> bytes)
    {
        int tailLength = ChecksumHead.Length + HashDigits + ChecksumTail.Length;
        if (bytes.Length < tailLength)
        {
            throw new CorruptDataException(path, 0, string.Create(CultureInfo.InvariantCulture, $"{bytes.Length} bytes are too few for a checksum"));
        }

        ReadOnlySpan<byte> body = bytes[..^tailLength];
        if (!bytes[^tailLength..].SequenceEqual(Encoding.UTF8.GetBytes(ChecksumHead + Hash(body) + ChecksumTail)))
        {
            throw new CorruptDataException(path, 0, "the checksum of the text does not match");
        }
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => XxHash3.HashToUInt64(bytes).ToString("x16", CultureInfo.InvariantCulture);
}

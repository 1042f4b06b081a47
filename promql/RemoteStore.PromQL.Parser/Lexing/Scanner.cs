using System.Text;

namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>A place in a query: reads characters forth and one back, and cuts the token that ends here.</summary>
internal sealed class Scanner(ReadOnlyMemory<byte> source)
{
    /// <summary>What reading past the end gives.</summary>
    public const int EndOfInput = -1;

    /// <summary>U+FFFD, which is also what bytes that are not UTF-8 read as.</summary>
    public const int Replacement = 0xfffd;

    private int _width;

    /// <summary>First byte of the token being read.</summary>
    public int TokenStart { get; private set; }

    /// <summary>The byte to be read next.</summary>
    public int Position { get; private set; }

    /// <summary>Length of the query in bytes.</summary>
    public int Length => source.Length;

    /// <summary>The token so far.</summary>
    public string Word => Encoding.UTF8.GetString(source.Span[TokenStart..Position]);

    /// <summary>Reads a character, or <see cref="EndOfInput"/>.</summary>
    public int Next()
    {
        int c = Peek(out _width);
        Position += _width;
        return c;
    }

    /// <summary>The character <see cref="Next"/> would read.</summary>
    public int Peek() => Peek(out _);

    /// <summary>Takes back what the last <see cref="Next"/> read.</summary>
    public void Backup() => Position -= _width;

    /// <summary>Reads one character if it is one of <paramref name="valid"/>.</summary>
    public bool Accept(string valid)
    {
        int c = Next();
        if (c is >= 0 and <= char.MaxValue && valid.Contains((char)c))
        {
            return true;
        }

        Backup();
        return false;
    }

    /// <summary>Reads as many of <paramref name="valid"/> as follow.</summary>
    public void AcceptRun(string valid)
    {
        while (Accept(valid))
        {
        }
    }

    /// <summary>True when the next character is one of <paramref name="valid"/>.</summary>
    public bool IsNext(string valid)
    {
        int c = Peek();
        return c is >= 0 and <= char.MaxValue && valid.Contains((char)c);
    }

    /// <summary>Forgets what was read: a token begins here.</summary>
    public void StartToken() => TokenStart = Position;

    private int Peek(out int width)
    {
        ReadOnlySpan<byte> rest = source.Span[Position..];
        if (rest.IsEmpty)
        {
            width = 0;
            return EndOfInput;
        }

        if (rest[0] < 0x80)
        {
            width = 1;
            return rest[0];
        }

        if (Rune.DecodeFromUtf8(rest, out Rune rune, out width) == System.Buffers.OperationStatus.Done)
        {
            return rune.Value;
        }

        width = 1; // as Go counts a byte that is not UTF-8
        return Replacement;
    }
}

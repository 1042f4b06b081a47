namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>Classes of characters; all of them are ASCII, and none holds <see cref="Scanner.EndOfInput"/>.</summary>
internal static class Characters
{
    public static bool IsSpace(int c) => c is ' ' or '\t' or '\n' or '\r';

    public static bool IsDigit(int c) => c is >= '0' and <= '9';

    public static bool IsWordStart(int c) => c is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');

    public static bool IsWordPart(int c) => IsWordStart(c) || IsDigit(c);

    /// <summary>Value of a hexadecimal digit; 16 for anything else.</summary>
    public static int DigitValue(int c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'f' => c - 'a' + 10,
        >= 'A' and <= 'F' => c - 'A' + 10,
        _ => 16,
    };
}

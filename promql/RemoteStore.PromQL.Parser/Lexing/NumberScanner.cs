namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>Reads numbers and durations; what it makes of malformed ones is what messages show.</summary>
internal static class NumberScanner
{
    private const string Decimal = "0123456789";
    private const string Hexadecimal = "0123456789abcdefABCDEF";

    /// <summary>Reads a number: decimal with fraction and exponent, or hexadecimal; underscores between digits.</summary>
    /// <param name="scanner">At its first character.</param>
    /// <param name="seriesValues">True in the values of a series description, where <c>x</c> is an operator.</param>
    public static bool ScanNumber(Scanner scanner, bool seriesValues)
    {
        int start = scanner.Position;
        string digits = Decimal;
        if (!seriesValues && scanner.Accept("0") && scanner.Accept("xX"))
        {
            _ = scanner.Accept("_");
            digits = Hexadecimal;
        }

        _ = scanner.Accept(".");
        _ = scanner.Accept(digits);
        bool point = false;
        bool exponent = false;
        while (scanner.IsNext("._eE") || scanner.IsNext(digits))
        {
            if ((point && scanner.Accept(".")) || (exponent && scanner.Accept("eE")))
            {
                return false; // each at most once
            }

            if (scanner.Accept("."))
            {
                point = true;
                if (scanner.Accept("_.") || digits.Length > Decimal.Length)
                {
                    return false;
                }
            }
            else if (scanner.Accept("eE"))
            {
                exponent = true;
                _ = scanner.Accept("+-");
                if (scanner.Accept("._eE") || scanner.Peek() == Scanner.EndOfInput)
                {
                    return false;
                }
            }
            else if (scanner.Accept("_"))
            {
                if (scanner.Accept("._eE") || scanner.Peek() == Scanner.EndOfInput)
                {
                    return false;
                }
            }
            else
            {
                scanner.AcceptRun(digits);
            }
        }

        int next = scanner.Peek();
        return scanner.Position != start && ((seriesValues && next == 'x') || !Characters.IsWordPart(next));
    }

    /// <summary>Reads the rest of a duration whose first count was read as digits.</summary>
    public static bool ScanDurationRest(Scanner scanner)
    {
        if (!scanner.Accept("smhdwy"))
        {
            return false;
        }

        _ = scanner.Accept("s"); // of ms
        while (scanner.Accept(Decimal))
        {
            scanner.AcceptRun(Decimal);
            if (!scanner.Accept("smhdw"))
            {
                return false;
            }

            _ = scanner.Accept("s");
        }

        if (Characters.IsWordPart(scanner.Next()))
        {
            return false;
        }

        scanner.Backup();
        return true;
    }
}

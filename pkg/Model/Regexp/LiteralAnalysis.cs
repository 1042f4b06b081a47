using System.Text;

namespace RemoteStore.Model.Regexp;

/// <summary>What a simplified tree says about the values it can match, as bytes.</summary>
internal static class LiteralAnalysis
{
    private const int MaxProduct = 4096;
    private const int MaxAlternatives = 1 << 16;
    private const int MaxBytes = 4 << 20;
    private const int MaxAffix = 4096;

    /// <summary>All values that match, each once, when they are finitely many and few enough; else null.</summary>
    public static List<byte[]>? FindValues(RegexNode node)
    {
        List<byte[]>? values = Enumerate(node);
        if (values is null)
        {
            return null;
        }

        var seen = new HashSet<byte[]>(values.Count, ByteArrayComparer.Instance);
        return values.FindAll(seen.Add);
    }

    /// <summary>Bytes every match begins with (or ends with); empty when there are none.</summary>
    public static byte[] FindAffix(RegexNode node, bool atEnd) => Affix(node, atEnd).Bytes;

    private static List<byte[]>? Enumerate(RegexNode node) => node switch
    {
        EmptyNode => [[]],
        LiteralNode literal => [literal.Utf8],
        ClassNode c => EnumerateClass(c.Runes),
        AlternateNode alternate => EnumerateAlternate(alternate),
        ConcatNode concat => EnumerateConcat(concat.Parts),
        RepeatNode { Max: >= 0 and <= 64 } repeat => EnumerateRepeat(repeat),
        _ => null,
    };

    private static List<byte[]>? EnumerateClass(RuneClass runes)
    {
        if (runes.Count > MaxProduct)
        {
            return null;
        }

        var values = new List<byte[]>(runes.Count);
        byte[] utf8 = new byte[4];
        for (int i = 0; i < runes.RangeCount; i++)
        {
            for (int rune = runes[i].Lo; rune <= runes[i].Hi; rune++)
            {
                if (Rune.IsValid(rune))
                {
                    values.Add(utf8[..new Rune(rune).EncodeToUtf8(utf8)]);
                }
            }
        }

        return values;
    }

    private static List<byte[]>? EnumerateAlternate(AlternateNode alternate)
    {
        var values = new List<byte[]>();
        long bytes = 0;
        foreach (RegexNode branch in alternate.Branches)
        {
            if (Enumerate(branch) is not { } more)
            {
                return null;
            }

            values.AddRange(more);
            bytes += more.Sum(static v => (long)v.Length);
            if (values.Count > MaxAlternatives || bytes > MaxBytes)
            {
                return null;
            }
        }

        return values;
    }

    private static List<byte[]>? EnumerateConcat(IEnumerable<RegexNode> parts)
    {
        List<byte[]>? values = [[]];
        foreach (RegexNode part in parts)
        {
            values = Enumerate(part) is { } more ? Product(values, more) : null;
            if (values is null)
            {
                return null;
            }
        }

        return values;
    }

    private static List<byte[]>? EnumerateRepeat(RepeatNode repeat)
    {
        if (Enumerate(repeat.Body) is not { } body)
        {
            return null;
        }

        List<byte[]>? turns = [[]];
        List<byte[]> values = repeat.Min == 0 ? [[]] : [];
        for (int i = 1; i <= repeat.Max; i++)
        {
            turns = Product(turns, body);
            if (turns is null || values.Count + turns.Count > MaxProduct)
            {
                return null;
            }

            if (i >= repeat.Min)
            {
                values.AddRange(turns);
            }
        }

        return values;
    }

    private static List<byte[]>? Product(List<byte[]> left, List<byte[]> right)
    {
        long count = (long)left.Count * right.Count;
        long bytes = (left.Sum(static v => (long)v.Length) * right.Count) + (right.Sum(static v => (long)v.Length) * left.Count);
        int most = left.Count == 1 || right.Count == 1 ? MaxAlternatives : MaxProduct;
        if (count > most || bytes > MaxBytes)
        {
            return null;
        }

        var values = new List<byte[]>((int)count);
        foreach (byte[] head in left)
        {
            foreach (byte[] tail in right)
            {
                values.Add(head.Length == 0 ? tail : tail.Length == 0 ? head : [.. head, .. tail]);
            }
        }

        return values;
    }

    /// <summary>Affix of a node; exact when the node matches nothing but those bytes.</summary>
    private static (byte[] Bytes, bool IsExact) Affix(RegexNode node, bool atEnd) => node switch
    {
        LiteralNode literal => (literal.Utf8, true),
        EmptyNode or AssertNode => ([], true),
        ConcatNode concat => ConcatAffix(concat, atEnd),
        AlternateNode alternate => (AlternateAffix(alternate, atEnd), false),
        RepeatNode { Min: >= 1 } repeat => (Affix(repeat.Body, atEnd).Bytes, false),
        _ => ([], false),
    };

    private static (byte[] Bytes, bool IsExact) ConcatAffix(ConcatNode concat, bool atEnd)
    {
        byte[] bytes = [];
        for (int i = 0; i < concat.Parts.Count; i++)
        {
            (byte[] more, bool exact) = Affix(concat.Parts[atEnd ? concat.Parts.Count - 1 - i : i], atEnd);
            bytes = atEnd ? [.. more, .. bytes] : [.. bytes, .. more];
            if (!exact || bytes.Length > MaxAffix)
            {
                return (bytes, false);
            }
        }

        return (bytes, true);
    }

    private static byte[] AlternateAffix(AlternateNode alternate, bool atEnd)
    {
        byte[]? common = null;
        foreach (RegexNode branch in alternate.Branches)
        {
            byte[] bytes = Affix(branch, atEnd).Bytes;
            common = common is null ? bytes : Common(common, bytes, atEnd);
            if (common.Length == 0)
            {
                break;
            }
        }

        return common ?? [];
    }

    private static byte[] Common(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, bool atEnd)
    {
        int length = 0;
        int most = Math.Min(left.Length, right.Length);
        while (length < most && (atEnd ? left[^(length + 1)] == right[^(length + 1)] : left[length] == right[length]))
        {
            length++;
        }

        return (atEnd ? left[^length..] : left[..length]).ToArray();
    }
}

namespace RemoteStore.Model.Regexp;

/// <summary>
/// Rewrites a tree for the question "does the whole value match": groups go, anchors at the ends go (they hold there anyway), neighbouring literals
/// join, nested sequences become flat. The language stays the same.
/// </summary>
internal static class RegexSimplifier
{
    /// <summary>Simplifies a whole pattern.</summary>
    public static RegexNode ForWholeValue(RegexNode node) => Simplify(node, atBegin: true, atEnd: true);

    private static RegexNode Simplify(RegexNode node, bool atBegin, bool atEnd) => node switch
    {
        CaptureNode capture => Simplify(capture.Body, atBegin, atEnd),
        AssertNode { Assertion: Assertion.BeginText or Assertion.BeginLine } when atBegin => EmptyNode.Instance,
        AssertNode { Assertion: Assertion.EndText or Assertion.EndLine } when atEnd => EmptyNode.Instance,
        AlternateNode alternate => SimplifyAlternate(alternate, atBegin, atEnd),
        RepeatNode repeat => SimplifyRepeat(repeat),
        ConcatNode concat => SimplifyConcat(concat, atBegin, atEnd),
        _ => node,
    };

    private static RegexNode SimplifyAlternate(AlternateNode alternate, bool atBegin, bool atEnd)
    {
        var branches = new List<RegexNode>(alternate.Branches.Count);
        foreach (RegexNode branch in alternate.Branches)
        {
            RegexNode simple = Simplify(branch, atBegin, atEnd);
            if (IsAnything(simple, out int min) && min == 0)
            {
                return simple; // the others add nothing
            }

            if (simple is AlternateNode nested)
            {
                branches.AddRange(nested.Branches);
            }
            else
            {
                branches.Add(simple);
            }
        }

        return new AlternateNode(branches);
    }

    private static RegexNode SimplifyRepeat(RepeatNode repeat)
    {
        if (repeat.Max == 0)
        {
            return EmptyNode.Instance;
        }

        RegexNode body = Simplify(repeat.Body, atBegin: false, atEnd: false);
        return body switch
        {
            EmptyNode => body,
            _ when repeat is { Min: 1, Max: 1 } => body,
            RepeatNode { Min: <= 1, Max: -1 } inner when repeat.Max == -1 && repeat.Min <= 1 =>
                new RepeatNode(inner.Body, Math.Min(inner.Min, repeat.Min), -1, greedy: true),
            _ => new RepeatNode(body, repeat.Min, repeat.Max, repeat.IsGreedy),
        };
    }

    private static RegexNode SimplifyConcat(ConcatNode concat, bool atBegin, bool atEnd)
    {
        var parts = new List<RegexNode>(concat.Parts);
        int last = parts.Count - 1;

        // What empties itself at an end lets the next part be at that end.
        int begin = 0;
        for (; begin <= last; begin++)
        {
            parts[begin] = Simplify(parts[begin], atBegin, atEnd && begin == last);
            if (parts[begin] is not EmptyNode)
            {
                break;
            }
        }

        for (int i = last; i > begin; i--)
        {
            parts[i] = Simplify(parts[i], atBegin: false, atEnd);
            atEnd &= parts[i] is EmptyNode;
        }

        if (begin < last && atEnd)
        {
            parts[begin] = Simplify(parts[begin], atBegin, atEnd); // all behind it turned out empty
        }

        return Join(parts);
    }

    private static RegexNode Join(List<RegexNode> parts)
    {
        var flat = new List<RegexNode>(parts.Count);
        var literal = new List<byte>();
        foreach (RegexNode part in parts)
        {
            foreach (RegexNode piece in part is ConcatNode nested ? nested.Parts : [part])
            {
                if (piece is LiteralNode text)
                {
                    literal.AddRange(text.Utf8);
                    continue;
                }

                Flush(literal, flat);
                if (piece is not EmptyNode)
                {
                    flat.Add(piece);
                }
            }
        }

        Flush(literal, flat);
        return flat.Count switch
        {
            0 => EmptyNode.Instance,
            1 => flat[0],
            _ => new ConcatNode(flat),
        };
    }

    /// <summary>True for <c>.*</c>, <c>.+</c> and the like: any code points, at least <paramref name="min"/>.</summary>
    public static bool IsAnything(RegexNode node, out int min)
    {
        bool anything = node is RepeatNode { Max: -1, Body: ClassNode c } && c.Runes.Equals(RuneClass.All);
        min = anything ? ((RepeatNode)node).Min : 0;
        return anything;
    }

    private static void Flush(List<byte> literal, List<RegexNode> flat)
    {
        if (literal.Count > 0)
        {
            flat.Add(new LiteralNode([.. literal]));
            literal.Clear();
        }
    }
}

namespace RemoteStore.Model.Regexp;

/// <summary>
/// A piece of a parsed pattern, immutable. Flags are gone: a dot is a class, a letter under <c>(?i)</c> is a class of its variants, <c>^</c> is the
/// assertion it stands for. Every recursion over the tree is bounded by <see cref="MaxHeight"/>.
/// </summary>
internal abstract class RegexNode
{
    /// <summary>Deepest tree the parser makes.</summary>
    public const int MaxHeight = 1000;

    /// <summary>Levels of nodes, 1 for a leaf.</summary>
    public int Height { get; protected init; } = 1;

    /// <summary>Largest product of counted repetitions on a way down, 1 without any.</summary>
    public int RepeatProduct { get; protected init; } = 1;

    /// <summary>True when the empty text can match, assertions taken as met.</summary>
    public abstract bool IsNullable { get; }
}

/// <summary>Matches the empty text.</summary>
internal sealed class EmptyNode : RegexNode
{
    public static EmptyNode Instance { get; } = new();

    public override bool IsNullable => true;
}

/// <summary>Matches these bytes, valid UTF-8 and not empty.</summary>
internal sealed class LiteralNode(byte[] utf8) : RegexNode
{
    public byte[] Utf8 { get; } = utf8;

    public override bool IsNullable => false;
}

/// <summary>Matches one code point of the class.</summary>
internal sealed class ClassNode(RuneClass runes) : RegexNode
{
    public RuneClass Runes { get; } = runes;

    public override bool IsNullable => false;
}

/// <summary>What holds at a place between two code points.</summary>
internal enum Assertion
{
    BeginText,
    EndText,
    BeginLine,
    EndLine,
    WordBoundary,
    NoWordBoundary,
}

/// <summary>Matches the empty text where the assertion holds.</summary>
internal sealed class AssertNode(Assertion assertion) : RegexNode
{
    public Assertion Assertion { get; } = assertion;

    public override bool IsNullable => true;
}

/// <summary>Matches the parts one after another; two or more.</summary>
internal sealed class ConcatNode : RegexNode
{
    public ConcatNode(IReadOnlyList<RegexNode> parts)
    {
        Parts = parts;
        Height = 1 + parts.Max(static p => p.Height);
        RepeatProduct = parts.Max(static p => p.RepeatProduct);
        IsNullable = parts.All(static p => p.IsNullable);
    }

    public IReadOnlyList<RegexNode> Parts { get; }

    public override bool IsNullable { get; }
}

/// <summary>Matches one of the branches, earlier ones preferred; two or more.</summary>
internal sealed class AlternateNode : RegexNode
{
    public AlternateNode(IReadOnlyList<RegexNode> branches)
    {
        Branches = branches;
        Height = 1 + branches.Max(static p => p.Height);
        RepeatProduct = branches.Max(static p => p.RepeatProduct);
        IsNullable = branches.Any(static p => p.IsNullable);
    }

    public IReadOnlyList<RegexNode> Branches { get; }

    public override bool IsNullable { get; }
}

/// <summary>Matches the body <see cref="Min"/> to <see cref="Max"/> times; a <see cref="Max"/> of -1 is no bound.</summary>
internal sealed class RepeatNode : RegexNode
{
    public RepeatNode(RegexNode body, int min, int max, bool greedy)
    {
        Body = body;
        Min = min;
        Max = max;
        IsGreedy = greedy;
        Height = 1 + body.Height;
        // x{0} vanishes, so what is inside does not count
        RepeatProduct = max == 0 ? 1 : (int)Math.Min(int.MaxValue, (long)Math.Max(1, max < 0 ? min : max) * body.RepeatProduct);
        IsNullable = min == 0 || body.IsNullable;
    }

    public RegexNode Body { get; }

    public int Min { get; }

    public int Max { get; }

    public bool IsGreedy { get; }

    public override bool IsNullable { get; }
}

/// <summary>Matches the body and notes where; <see cref="Index"/> counts from 1.</summary>
internal sealed class CaptureNode : RegexNode
{
    public CaptureNode(RegexNode body, int index, string? name)
    {
        Body = body;
        Index = index;
        Name = name;
        Height = 1 + body.Height;
        RepeatProduct = body.RepeatProduct;
    }

    public RegexNode Body { get; }

    public int Index { get; }

    public string? Name { get; }

    public override bool IsNullable => Body.IsNullable;
}

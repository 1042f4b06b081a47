namespace RemoteStore.Model.Regexp;

/// <summary>What an instruction does.</summary>
internal enum RegexOp : byte
{
    /// <summary>The whole pattern has matched.</summary>
    Match,

    /// <summary>Consumes a code point from <see cref="RegexInstruction.Arg1"/> to <see cref="RegexInstruction.Arg2"/>.</summary>
    Range,

    /// <summary>Consumes a code point of the class with index <see cref="RegexInstruction.Arg1"/>.</summary>
    Class,

    /// <summary>Goes to <see cref="RegexInstruction.Next"/>, or with less preference to <see cref="RegexInstruction.Arg1"/>.</summary>
    Split,

    /// <summary>Goes on where the <see cref="Assertion"/> in <see cref="RegexInstruction.Arg1"/> holds.</summary>
    Assert,

    /// <summary>Notes the place in slot <see cref="RegexInstruction.Arg1"/>.</summary>
    Save,
}

/// <summary>One instruction of the automaton.</summary>
internal readonly record struct RegexInstruction(RegexOp Op, int Next, int Arg1 = 0, int Arg2 = 0);

/// <summary>A nondeterministic automaton over code points. Immutable.</summary>
internal sealed class RegexProgram(RegexInstruction[] instructions, RuneClass[] classes, int start, int captureCount)
{
    /// <summary>Instruction 0 is <see cref="RegexOp.Match"/>.</summary>
    public RegexInstruction[] Instructions { get; } = instructions;

    /// <summary>Classes that instructions name by index, each once.</summary>
    public RuneClass[] Classes { get; } = classes;

    /// <summary>Where matching begins.</summary>
    public int Start { get; } = start;

    /// <summary>Capture groups, the whole match not counted; 0 when compiled without.</summary>
    public int CaptureCount { get; } = captureCount;

    /// <summary>True when an instruction is an assertion.</summary>
    public bool HasAssertions { get; } = instructions.Any(static i => i.Op == RegexOp.Assert);
}

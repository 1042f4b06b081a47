namespace RemoteStore.Chunks.Kernels;

/// <summary>
/// The loops of decoding, once per instruction set; all give the same bits for any input. A struct type argument chooses, so that the compiler folds
/// the choice. Integer arithmetic is modulo 2^64. What is called a value here is stored as its finish makes it.
/// </summary>
/// <remarks>
/// Pointers are the caller's to check. Kernels may read <see cref="ChunkLimits.SourcePadding"/> bytes behind a source and write up to the next multiple of
/// <see cref="ChunkLimits.DestinationPadding"/> values.
/// </remarks>
internal unsafe interface IColumnKernels
{
    /// <summary>Unpacks <paramref name="count"/> numbers of <paramref name="width"/> bits (0 to 57, or 64).</summary>
    static abstract void Unpack(byte* source, int width, long* destination, int count);

    /// <summary>Each x becomes anchor + (x &lt;&lt; shift).</summary>
    static abstract void AddAnchor<TFinish>(long* values, int count, long anchor, int shift, TFinish finish)
        where TFinish : struct, IFinish;

    /// <summary>values[i] holds x for i ≥ 1 and becomes the anchor plus the sum of all (start + x) &lt;&lt; shift up to i; values[0] becomes the anchor.</summary>
    static abstract void Accumulate<TFinish>(long* values, int count, long anchor, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish;

    /// <summary>
    /// values[i] holds x for i ≥ 2; start + x is what the step grows by before it is added. values[0] becomes the anchor, values[1] the anchor and the first step.
    /// Steps count in units of 1 &lt;&lt; shift.
    /// </summary>
    static abstract void AccumulateTwice<TFinish>(long* values, int count, long anchor, long step, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish;

    /// <summary>
    /// Spreads changes: bit i - 1 of the bitmap tells whether values[i] is the one before plus the next (start + x) &lt;&lt; shift, or the same.
    /// </summary>
    /// <param name="bitmap">Bits, lowest first; those behind the last number are not looked at.</param>
    /// <param name="changes">x for each bit that is set; readable for 8 more.</param>
    /// <param name="values">Gets the numbers.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="anchor">The first number.</param>
    /// <param name="start">Added to each x.</param>
    /// <param name="shift">Applied to each change.</param>
    /// <param name="finish">Applied to each number.</param>
    static abstract void Spread<TFinish>(byte* bitmap, long* changes, long* values, int count, long anchor, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish;

    /// <summary>Adds integers.</summary>
    static abstract void Add(long* values, long* addends, int count);
}

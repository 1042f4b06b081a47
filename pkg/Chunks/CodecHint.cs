using RemoteStore.Chunks.Values;

namespace RemoteStore.Chunks;

/// <summary>
/// What the last chunk of a series was like. Given to the encoder with the series' next chunk it saves time; the bytes never depend on it. The default knows
/// nothing.
/// </summary>
public struct CodecHint
{
    // 0 = nothing known, else k + 1 of a chunk of decimals, or NotDecimal.
    private byte _state;

    private const byte NotDecimal = 0xff;

    /// <summary>A place to begin the search for the exponent; -1 when nothing is known.</summary>
    internal readonly int Exponent => _state is 0 or NotDecimal ? -1 : Math.Min(_state - 1, DecimalScale.MaxExponent);

    /// <summary>True when the last chunk had no exponent, so that trying one before looking at samples would be wasted.</summary>
    internal readonly bool IsNotDecimal => _state == NotDecimal;

    internal void SetDecimal(int exponent) => _state = (byte)(exponent + 1);

    internal void SetNotDecimal() => _state = NotDecimal;
}

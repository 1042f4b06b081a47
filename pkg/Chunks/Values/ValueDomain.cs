namespace RemoteStore.Chunks.Values;

/// <summary>What the integers of a value chunk mean. Format: bits 0 and 1 of the kind byte, never renumber.</summary>
internal enum ValueDomain : byte
{
    /// <summary>value = integer / 10^k.</summary>
    Decimal = 0,

    /// <summary>The integer is the bits of the value.</summary>
    Bits = 1,

    /// <summary>The integer is the bits of the value with the sign moved behind the last bit, so that values around zero are near each other.</summary>
    SignLastBits = 2,

    /// <summary>A byte of <see cref="ExtendedDomain"/> follows.</summary>
    Extended = 3,
}

/// <summary>Rarer meanings. Format: the byte behind the kind byte, never renumber.</summary>
internal enum ExtendedDomain : byte
{
    /// <summary>value = integer * 10^-k, as some exporters compute; the product differs from the quotient in the last bit.</summary>
    Product = 1,

    /// <summary>bits of value = bits of (first integer / 10^k) + second integer: decimals with noise in the last bits, as sums have.</summary>
    DecimalAndResidual = 2,
}

/// <summary>The bits of a kind byte that belong to a value chunk.</summary>
internal static class ValueKind
{
    public const byte DomainMask = 3;

    /// <summary>Samples that the domain cannot express follow behind the columns.</summary>
    public const byte Exceptions = 0x20;

    /// <summary>A byte k follows; 0 otherwise.</summary>
    public const byte HasExponent = 0x80;
}

namespace RemoteStore.Ruler.Templates.Printing;

/// <summary>What stands between the percent sign and the verb.</summary>
/// <param name="Minus">Fill up on the right.</param>
/// <param name="Plus">Show the sign always; of structures the names of fields.</param>
/// <param name="Sharp">Show what base a number has, or quote with backquotes.</param>
/// <param name="Space">Leave room for a sign.</param>
/// <param name="Zero">Fill up with zeros.</param>
/// <param name="Width">Least characters, or null.</param>
/// <param name="Precision">Digits or most characters, or null.</param>
internal sealed record FormatFlags(bool Minus, bool Plus, bool Sharp, bool Space, bool Zero, int? Width, int? Precision)
{
    /// <summary>Nothing.</summary>
    public static FormatFlags None { get; } = new(false, false, false, false, false, null, null);
}

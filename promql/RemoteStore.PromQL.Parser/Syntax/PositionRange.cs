namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>Where something stands in a query: bytes of its UTF-8 form, from 0.</summary>
/// <param name="Start">First byte.</param>
/// <param name="End">Byte after the last.</param>
public readonly record struct PositionRange(int Start, int End);

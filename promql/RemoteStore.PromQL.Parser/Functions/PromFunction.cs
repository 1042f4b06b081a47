using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Functions;

/// <summary>Signature of a function.</summary>
/// <param name="Name">Name.</param>
/// <param name="ArgumentTypes">Types of the arguments; the last one also of those beyond.</param>
/// <param name="Variadic">
/// 0: exactly as many arguments as types. n above 0: the last one may be left out, or given up to n times. -1: left out, or given any number of times.
/// </param>
/// <param name="ReturnType">What it evaluates to.</param>
/// <param name="IsExperimental">True for what Prometheus has behind a flag.</param>
public sealed record PromFunction(string Name, IReadOnlyList<ExprType> ArgumentTypes, int Variadic, ExprType ReturnType, bool IsExperimental)
{
    /// <summary>Stands for a function that does not exist, in a tree that is thrown away.</summary>
    internal static PromFunction Unknown { get; } = new("", [], -1, ExprType.Vector, IsExperimental: false);
}

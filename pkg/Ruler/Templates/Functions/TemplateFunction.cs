using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>A function that templates call.</summary>
/// <param name="Name">Name.</param>
/// <param name="Parameters">What it takes; of a variadic one the last any number of times.</param>
/// <param name="IsVariadic">True when it takes any number of the last.</param>
/// <param name="Call">Calls it with checked arguments.</param>
internal sealed record TemplateFunction(string Name, IReadOnlyList<GoKind> Parameters, bool IsVariadic, Func<object?[], FunctionScope, ValueTask<object?>> Call)
{
    /// <summary>A function that needs nothing but its arguments.</summary>
    public static TemplateFunction Of(string name, Func<object?[], object?> call, params GoKind[] parameters) =>
        new(name, parameters, IsVariadic: false, (arguments, _) => ValueTask.FromResult(call(arguments)));

    /// <summary>A function that takes any number of the last parameter and needs nothing but its arguments.</summary>
    public static TemplateFunction Variadic(string name, Func<object?[], object?> call, params GoKind[] parameters) =>
        new(name, parameters, IsVariadic: true, (arguments, _) => ValueTask.FromResult(call(arguments)));

    /// <summary>A function that needs what surrounds the expansion.</summary>
    public static TemplateFunction Scoped(string name, Func<object?[], FunctionScope, object?> call, params GoKind[] parameters) =>
        new(name, parameters, IsVariadic: false, (arguments, scope) => ValueTask.FromResult(call(arguments, scope)));
}

using System.Collections.Frozen;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>All functions of templates: Go's own and those that Prometheus adds.</summary>
internal static class FunctionTable
{
    private static readonly FrozenDictionary<string, TemplateFunction> s_functions =
        ((IEnumerable<TemplateFunction>)[.. BuiltinFunctions.All, .. Comparisons.All, .. PrometheusFunctions.All])
            .ToFrozenDictionary(static function => function.Name, StringComparer.Ordinal);

    /// <summary>True when there is a function of that name.</summary>
    public static bool IsFunction(string name) => s_functions.ContainsKey(name);

    /// <summary>A function that there is.</summary>
    public static TemplateFunction Get(string name) => s_functions[name];
}

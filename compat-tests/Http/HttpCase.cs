namespace RemoteStore.CompatTests.Http;

/// <summary>A request that both servers get.</summary>
/// <param name="Method">The method.</param>
/// <param name="Path">Path below the root.</param>
/// <param name="Parameters">Parameters, escaped: in the address, or as a form where the method is POST.</param>
internal sealed record HttpCase(string Method, string Path, string Parameters)
{
    /// <summary>Where 3.14 answers another way: its changelog's entry. Then <see cref="Status"/> is what is expected of ours, and no more is compared.</summary>
    public string? Changelog { get; init; }

    /// <summary>The status that 3.14 answers with where <see cref="Changelog"/> names a change.</summary>
    public int Status { get; init; }

    /// <summary>True where contents are each server's own and only names and types of fields are compared.</summary>
    public bool ShapeOnly { get; init; }

    public override string ToString() => $"{Method} {Path}{(Parameters.Length == 0 ? "" : Method == "POST" ? " with " + Parameters : "?" + Parameters)}";
}

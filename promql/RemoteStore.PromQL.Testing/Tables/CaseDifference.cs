namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>What was expected of a case and what came.</summary>
internal sealed record CaseDifference(string Expected, string Actual)
{
    /// <summary>Null when the texts are the same.</summary>
    public static CaseDifference? Between(string expected, string actual) => expected == actual ? null : new CaseDifference(expected, actual);

    /// <summary>Null when the condition holds.</summary>
    public static CaseDifference? Unless(bool holds, string expected, string actual) => holds ? null : new CaseDifference(expected, actual);
}

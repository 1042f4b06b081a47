using System.Text.Json;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>A kind of table.</summary>
/// <param name="Name">Name of its file, without folder and extension.</param>
/// <param name="Members">Members that only cases of this kind have; one of them is enough.</param>
/// <param name="Check">Checks a case; null when it gives what is expected. The second argument is the whole table.</param>
/// <param name="Mark">Part of the description that tells it from a table with the same members; empty when none has.</param>
internal sealed record CaseTable(string Name, string[] Members, Func<JsonElement, JsonElement, CancellationToken, ValueTask<CaseDifference?>> Check, string Mark = "")
{
    /// <summary>A table whose cases need neither the table nor time.</summary>
    public static CaseTable Of(string name, string[] members, Func<JsonElement, CaseDifference?> check, string mark = "") =>
        new(name, members, (@case, _, _) => ValueTask.FromResult(check(@case)), mark);
}

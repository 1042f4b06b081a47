using System.Text;
using System.Text.Json;
using RemoteStore.Model.Labels;
using RemoteStore.Ruler.Files;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Files;

public sealed class RuleFileConformanceTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (JsonElement one in ConformanceData.Folder is null ? [] : ConformanceData.Cases("rule_files/rule_files.json"))
            {
                cases.Add(one.GetProperty("file").GetString()!, one.GetRawText());
            }

            return cases;
        }
    }

    [ConformanceTheory]
    [MemberData(nameof(Cases))]
    public void Read_FileOfTheTable_IsAcceptedOrRefusedAsThere(string file, string json)
    {
        using var document = JsonDocument.Parse(json);
        JsonElement one = document.RootElement;
        bool isLegacy = one.GetProperty("name_validation").GetString() == "legacy";
        RuleFile read = RuleFileReader.Read(
            file,
            Encoding.UTF8.GetBytes(one.GetProperty("yaml").GetString()!),
            new RuleFileOptions { Names = isLegacy ? NameScheme.Legacy : NameScheme.Utf8 });
        read.IsSound.ShouldBe(one.GetProperty("ok").GetBoolean(), string.Join('\n', read.Faults));
        if (one.TryGetProperty("error_contains", out JsonElement error))
        {
            read.Faults.ShouldContain(fault => fault.Reason.Contains(error.GetString()!, StringComparison.Ordinal), string.Join('\n', read.Faults));
        }
    }
}

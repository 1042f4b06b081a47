using System.Text;
using RemoteStore.Ruler.Files;
using Shouldly;

namespace RemoteStore.Ruler.Tests;

/// <summary>Makes groups of rules for tests.</summary>
internal static class RuleTexts
{
    /// <summary>A group of rules, each <c>name: query</c> or <c>alert name: query</c>; further lines of a rule are YAML.</summary>
    public static RuleGroup Group(params string[] rules) => Named("g", "1m", rules);

    /// <summary>The same, with a name and an interval.</summary>
    public static RuleGroup Named(string name, string interval, params string[] rules)
    {
        var text = new StringBuilder($"groups:\n- name: {name}\n  interval: {interval}\n  rules:\n");
        foreach (string rule in rules)
        {
            string[] lines = rule.Split('\n');
            string[] head = lines[0].Split(": ", 2);
            bool alert = head[0].StartsWith("alert ", StringComparison.Ordinal);
            text.Append(alert ? $"  - alert: {head[0][6..]}\n" : $"  - record: {head[0]}\n").Append($"    expr: |\n      {head[1]}\n");
            foreach (string line in lines[1..])
            {
                text.Append($"    {line}\n");
            }
        }

        RuleFile file = RuleFileReader.Read("f.yml", Encoding.UTF8.GetBytes(text.ToString()));
        file.Faults.ShouldBeEmpty();
        return file.Groups.ShouldHaveSingleItem();
    }
}

using System.Globalization;

namespace RemoteStore.Model.Regexp;

/// <summary>The classes that <c>\p{…}</c> names: general categories by short or long name, scripts, and <c>Any</c>, <c>ASCII</c>, <c>Assigned</c>.</summary>
internal static class UnicodeClasses
{
    private static readonly Lazy<RuneClass[]> s_categories = new(ReadCategories);

    private static readonly Dictionary<string, UnicodeCategory[]> s_names = new(StringComparer.Ordinal)
    {
        ["lu"] = [UnicodeCategory.UppercaseLetter],
        ["ll"] = [UnicodeCategory.LowercaseLetter],
        ["lt"] = [UnicodeCategory.TitlecaseLetter],
        ["lm"] = [UnicodeCategory.ModifierLetter],
        ["lo"] = [UnicodeCategory.OtherLetter],
        ["mn"] = [UnicodeCategory.NonSpacingMark],
        ["mc"] = [UnicodeCategory.SpacingCombiningMark],
        ["me"] = [UnicodeCategory.EnclosingMark],
        ["nd"] = [UnicodeCategory.DecimalDigitNumber],
        ["nl"] = [UnicodeCategory.LetterNumber],
        ["no"] = [UnicodeCategory.OtherNumber],
        ["pc"] = [UnicodeCategory.ConnectorPunctuation],
        ["pd"] = [UnicodeCategory.DashPunctuation],
        ["ps"] = [UnicodeCategory.OpenPunctuation],
        ["pe"] = [UnicodeCategory.ClosePunctuation],
        ["pi"] = [UnicodeCategory.InitialQuotePunctuation],
        ["pf"] = [UnicodeCategory.FinalQuotePunctuation],
        ["po"] = [UnicodeCategory.OtherPunctuation],
        ["sm"] = [UnicodeCategory.MathSymbol],
        ["sc"] = [UnicodeCategory.CurrencySymbol],
        ["sk"] = [UnicodeCategory.ModifierSymbol],
        ["so"] = [UnicodeCategory.OtherSymbol],
        ["zs"] = [UnicodeCategory.SpaceSeparator],
        ["zl"] = [UnicodeCategory.LineSeparator],
        ["zp"] = [UnicodeCategory.ParagraphSeparator],
        ["cc"] = [UnicodeCategory.Control],
        ["cf"] = [UnicodeCategory.Format],
        ["cs"] = [UnicodeCategory.Surrogate],
        ["co"] = [UnicodeCategory.PrivateUse],
        ["cn"] = [UnicodeCategory.OtherNotAssigned],
        ["lc"] = [UnicodeCategory.UppercaseLetter, UnicodeCategory.LowercaseLetter, UnicodeCategory.TitlecaseLetter],
    };

    private static readonly Dictionary<string, string> s_aliases = new(StringComparer.Ordinal)
    {
        ["letter"] = "l",
        ["casedletter"] = "lc",
        ["uppercaseletter"] = "lu",
        ["lowercaseletter"] = "ll",
        ["titlecaseletter"] = "lt",
        ["modifierletter"] = "lm",
        ["otherletter"] = "lo",
        ["mark"] = "m",
        ["combiningmark"] = "m",
        ["nonspacingmark"] = "mn",
        ["spacingmark"] = "mc",
        ["enclosingmark"] = "me",
        ["number"] = "n",
        ["decimalnumber"] = "nd",
        ["digit"] = "nd",
        ["letternumber"] = "nl",
        ["othernumber"] = "no",
        ["punctuation"] = "p",
        ["punct"] = "p",
        ["connectorpunctuation"] = "pc",
        ["dashpunctuation"] = "pd",
        ["openpunctuation"] = "ps",
        ["closepunctuation"] = "pe",
        ["initialpunctuation"] = "pi",
        ["finalpunctuation"] = "pf",
        ["otherpunctuation"] = "po",
        ["symbol"] = "s",
        ["mathsymbol"] = "sm",
        ["currencysymbol"] = "sc",
        ["modifiersymbol"] = "sk",
        ["othersymbol"] = "so",
        ["separator"] = "z",
        ["spaceseparator"] = "zs",
        ["lineseparator"] = "zl",
        ["paragraphseparator"] = "zp",
        ["other"] = "c",
        ["control"] = "cc",
        ["cntrl"] = "cc",
        ["format"] = "cf",
        ["surrogate"] = "cs",
        ["privateuse"] = "co",
        ["unassigned"] = "cn",
    };

    /// <summary>Finds a class; case, spaces, underscores and hyphens of the name do not count.</summary>
    /// <returns>The code points, or null when the name is unknown.</returns>
    public static RuneClass? Find(ReadOnlySpan<char> name)
    {
        string key = Normalize(name);
        return key switch
        {
            "any" => RuneClass.All,
            "ascii" => RuneClass.Range(0, 0x7f),
            "assigned" => Category("cn")!.Negate(),
            _ => Category(key) ?? UnicodeScripts.Find(key) ?? (s_aliases.TryGetValue(key, out string? actual) ? Category(actual) : null),
        };
    }

    private static string Normalize(ReadOnlySpan<char> name)
    {
        Span<char> text = stackalloc char[64];
        int length = 0;
        foreach (char c in name)
        {
            if (c is '_' or '-' or ' ')
            {
                continue;
            }

            if (length == text.Length)
            {
                return ""; // no class has so long a name
            }

            text[length++] = char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
        }

        return text[..length].ToString();
    }

    private static RuneClass? Category(string key)
    {
        var ranges = new List<(int, int)>();
        bool known = false;
        foreach ((string name, UnicodeCategory[] categories) in s_names)
        {
            // "l" means all of "lu", "ll", …; "lc" is no part of that, but lies within anyway
            if (name == key || (key.Length == 1 && name[0] == key[0]))
            {
                known = true;
                foreach (UnicodeCategory category in categories)
                {
                    s_categories.Value[(int)category].AddTo(ranges);
                }
            }
        }

        return known ? RuneClass.Of(ranges) : null;
    }

    private static RuneClass[] ReadCategories()
    {
        var ranges = new List<(int Lo, int Hi)>[30];
        for (int i = 0; i < ranges.Length; i++)
        {
            ranges[i] = [];
        }

        int start = 0;
        UnicodeCategory current = CharUnicodeInfo.GetUnicodeCategory(0);
        for (int rune = 1; rune <= RuneClass.MaxRune + 1; rune++)
        {
            UnicodeCategory category = rune <= RuneClass.MaxRune ? CharUnicodeInfo.GetUnicodeCategory(rune) : (UnicodeCategory)(-1);
            if (category != current)
            {
                ranges[(int)current].Add((start, rune - 1));
                (start, current) = (rune, category);
            }
        }

        return [.. ranges.Select(RuneClass.Of)];
    }
}

using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Diagnosis;
using RemoteStore.PromQL.Parser.Grammar;
using RemoteStore.PromQL.Parser.Lalr;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Tests;

/// <summary>Parses with the grammar and with the automaton of the diagnosis, which must not differ.</summary>
internal static class TwoParsers
{
    /// <summary>The tree of each, null where it finds faults of syntax.</summary>
    public static (Expr? ByGrammar, Expr? ByDiagnosis) Parse(byte[] utf8)
    {
        ParserOptions options = ParserOptions.Default;
        var tokens = Tokens.Cut(utf8, seriesDescription: false, options);
        if (tokens.Refusal is not null || tokens.Items[^1].Kind == ItemKind.Error)
        {
            return (null, null);
        }

        var context = new ParseContext(utf8, options);
        Sprache.IResult<Expr> result = PromQLGrammar.Query(TokenInput.Over(tokens.Items, context));
        Expr? byGrammar = result.WasSuccessful && !context.HasFaults ? result.Value : null;
        var second = new ParseContext(utf8, options);
        new LalrParser(DiagnosisGrammar.Table, second, tokens, ItemKind.StartExpression).Run();
        return (byGrammar, second.HasFaults ? null : second.Result as Expr);
    }
}

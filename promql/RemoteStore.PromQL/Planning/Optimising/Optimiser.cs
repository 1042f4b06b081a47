using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning.Optimising;

/// <summary>
/// Makes queries cheaper without changing their answer: values, errors, warnings and infos with their places stay bit for bit. Rules rewrite the syntax tree;
/// what stands in it more than once is found afterwards (<see cref="SharedExpressions"/>).
/// </summary>
internal static class Optimiser
{
    /// <summary>The tree after all rules.</summary>
    /// <exception cref="InsufficientExecutionStackException">The tree is too deep.</exception>
    public static Expr Rewrite(Expr root) => new MatcherPropagation().Rewrite(new ConstantFolding().Rewrite(root));
}

using PromptAD.Training.Prompts;

namespace PromptAD.Training.Tests;

/// <summary>Prompts of a few rows, of which 0 to 3 are learnable and 9 ends.</summary>
public sealed class PromptTreeTests
{
    private const int Learnable = 4;

    [Fact]
    public void Equal_branches_lie_side_by_side_behind_what_is_constant()
    {
        // Contexts 0 and 1 behind the constant 7; each is followed by 8 and by 8 8.
        var tree = new PromptTree([[7, 0, 8, 9], [7, 1, 8, 9], [7, 0, 8, 8, 9], [7, 1, 8, 8, 9]], Learnable);
        Assert.Equal([(7, 0)], tree.Constants);
        Assert.Equal((2, 5, 2), (tree.BranchCount, tree.BranchSize, tree.EndCount));
        Assert.Equal([(0, 1), (1, 1)], tree.LearnableInputs);
        Assert.Equal([(8, 2), (8, 3), (9, 3), (9, 4)], tree.ConstantInputs);
        // Nodes of a branch: context, 8, 8, and the two ends.
        Assert.Equal([0, 8, 8, 9, 9], RowsOf(tree, branch: 0));
        Assert.Equal([1, 8, 8, 9, 9], RowsOf(tree, branch: 1));
        Assert.Equal([0, 2, 1, 3], tree.Ends);
    }

    [Fact]
    public void A_node_sees_its_ancestors_and_itself()
    {
        var tree = new PromptTree([[7, 0, 8, 9], [7, 0, 8, 8, 9]], Learnable);
        string[] seen = [.. tree.Visible.Chunk(6).Select(row => string.Concat(row.Select(see => see ? '1' : '.')))];
        // Columns: the constant 7, then context, 8, 8 behind it, the end behind the first 8, the end behind the second.
        Assert.Equal(["11....", "111...", "1111..", "111.1.", "1111.1"], seen);
        Assert.Equal([true], tree.ConstantVisible);
    }

    [Fact]
    public void Branches_of_different_shapes_are_one()
    {
        var tree = new PromptTree([[7, 0, 8, 9], [7, 1, 9]], Learnable);
        Assert.Equal((1, 5, 2), (tree.BranchCount, tree.BranchSize, tree.EndCount));
        Assert.Equal([0, 8, 1, 9, 9], RowsOf(tree, branch: 0));
        string[] seen = [.. tree.Visible.Chunk(6).Select(row => string.Concat(row.Select(see => see ? '1' : '.')))];
        Assert.Equal(["11....", "111...", "1..1..", "111.1.", "1..1.1"], seen);
    }

    [Fact]
    public void A_prompt_given_twice_has_one_end()
    {
        var tree = new PromptTree([[7, 0, 9], [7, 0, 9]], Learnable);
        Assert.Equal([0, 0], tree.Ends);
        Assert.Equal(2, tree.BranchSize);
    }

    [Fact]
    public void Nothing_sees_an_end_even_where_another_prompt_goes_on()
    {
        var tree = new PromptTree([[7, 0, 9], [7, 0, 9, 8]], Learnable);
        Assert.Equal([0, 9, 9, 8], RowsOf(tree, branch: 0));
        Assert.Equal(2, tree.EndCount);
    }

    private static int[] RowsOf(PromptTree tree, int branch)
    {
        (int Row, int Place)[] inputs = [.. tree.LearnableInputs, .. tree.ConstantInputs];
        return [.. tree.Inputs[(branch * tree.BranchSize)..((branch + 1) * tree.BranchSize)].Select(input => inputs[input].Row)];
    }
}

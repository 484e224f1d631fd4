namespace PromptAD.Training.Prompts;

/// <summary>
/// The distinct prefixes of some prompts. Attention is causal: a token's state depends on the tokens up to it and on nothing else, so
/// prompts that begin alike share states, and each node of this tree is a state that need be computed once.
/// </summary>
/// <remarks>
/// Nodes that stand before all learnable tokens are constant. The others hang below them in branches, one for each context. Where all
/// branches have the same shape, they lie side by side as a batch and do not look at each other; where they have not, they are one branch.
/// </remarks>
internal sealed class PromptTree
{
    private readonly List<Node> constants = []; // nodes before all learnable tokens, each behind its parent

    /// <param name="prompts">For each prompt its tokens up to end-of-text, as rows of a table of embeddings. Not empty.</param>
    /// <param name="learnable">The number of rows, at the table's beginning, that change in training.</param>
    public PromptTree(IReadOnlyList<int[]> prompts, int learnable)
    {
        var root = new Node(-1, -1, null, isEnd: false, isConstant: true);
        Node[] ends = [.. prompts.Select(prompt => Insert(root, prompt, learnable))];
        List<List<Node>> branches = Branches(root);
        Number(constants, 0);
        foreach (List<Node> branch in branches) Number(branch, constants.Count);
        if (!branches.All(branch => SameShape(branch, branches[0])))
        {
            branches = [EndsLast(branches.SelectMany(branch => branch))];
            Number(branches[0], constants.Count);
        }
        BranchCount = branches.Count;
        BranchSize = branches[0].Count;
        EndCount = branches[0].Count(node => node.IsEnd); // equal shapes have equally many
        Node[] nodes = [.. branches.SelectMany(branch => branch)];
        (int Row, int Place)[] inputs =
            [.. nodes.Select(node => (node.Row, node.Depth)).Distinct().OrderBy(input => input.Row >= learnable)]; // stable
        LearnableInputs = [.. inputs.Where(input => input.Row < learnable)];
        ConstantInputs = [.. inputs.Where(input => input.Row >= learnable)];
        Dictionary<(int, int), int> inputIndices = inputs.Index().ToDictionary(input => input.Item, input => input.Index);
        Inputs = [.. nodes.Select(node => inputIndices[(node.Row, node.Depth)])];
        Visible = Ancestors(branches[0]);
        Constants = [.. constants.Select(node => (node.Row, node.Depth))];
        ConstantVisible = Ancestors(constants);
        var endIndices = new Dictionary<Node, int>();
        foreach (Node end in nodes.Where(node => node.IsEnd)) endIndices.Add(end, endIndices.Count);
        Ends = [.. ends.Select(end => endIndices[end])];
    }

    /// <summary>The number of branches.</summary>
    public int BranchCount { get; }

    /// <summary>The number of nodes of one branch: first those that others look at, then the ends.</summary>
    public int BranchSize { get; }

    /// <summary>The number of distinct ends of one branch.</summary>
    public int EndCount { get; }

    /// <summary>The different inputs of nodes that are learned: rows of the table, and the places in prompts that they stand at.</summary>
    public (int Row, int Place)[] LearnableInputs { get; }

    /// <summary>The other inputs of nodes.</summary>
    public (int Row, int Place)[] ConstantInputs { get; }

    /// <summary>Each node's input among the learnable and then the constant ones, (branches, nodes).</summary>
    public int[] Inputs { get; }

    /// <summary>Which constant nodes and which of its own branch a node attends to, itself included, (nodes, constants + nodes).</summary>
    public bool[] Visible { get; }

    /// <summary>The constant nodes' inputs.</summary>
    public (int Row, int Place)[] Constants { get; }

    /// <summary>Which constant nodes a constant node attends to, (constants, constants).</summary>
    public bool[] ConstantVisible { get; }

    /// <summary>For each prompt its end among all ends, (branches, ends).</summary>
    public int[] Ends { get; }

    private static Node Insert(Node root, int[] prompt, int learnable)
    {
        Node node = root;
        for (int depth = 0; depth < prompt.Length; depth++)
        {
            // An end is a node of its own even if another prompt went on behind it, so that nothing ever looks at an end.
            (int row, bool isEnd) = (prompt[depth], depth == prompt.Length - 1);
            if (!node.Children.TryGetValue((row, isEnd), out Node? next))
            {
                next = new Node(row, depth, node, isEnd, node.IsConstant && row >= learnable && !isEnd);
                node.Children.Add((row, isEnd), next);
            }
            node = next;
        }
        return node;
    }

    /// <summary>Collects constant nodes, and the variable ones by the branch they are in.</summary>
    private List<List<Node>> Branches(Node root)
    {
        var branches = new List<List<Node>>();
        void Visit(Node node)
        {
            foreach (Node child in node.Children.Values)
            {
                if (child.IsConstant)
                {
                    constants.Add(child);
                    Visit(child);
                }
                else
                {
                    branches.Add(EndsLast(Below(child)));
                }
            }
        }

        Visit(root);
        return branches;
    }

    private static IEnumerable<Node> Below(Node node) => node.Children.Values.SelectMany(Below).Prepend(node);

    private static List<Node> EndsLast(IEnumerable<Node> nodes) => [.. nodes.OrderBy(node => node.IsEnd)]; // stable

    private static void Number(List<Node> nodes, int first)
    {
        for (int i = 0; i < nodes.Count; i++) nodes[i].Column = first + i;
    }

    private static bool SameShape(List<Node> a, List<Node> b) => a.Count == b.Count
        && a.Zip(b).All(pair => pair.First.IsEnd == pair.Second.IsEnd && pair.First.Parent!.Column == pair.Second.Parent!.Column);

    private bool[] Ancestors(List<Node> nodes)
    {
        int columns = nodes == constants ? constants.Count : constants.Count + nodes.Count;
        var visible = new bool[nodes.Count * columns];
        for (int i = 0; i < nodes.Count; i++)
        {
            for (Node node = nodes[i]; node.Depth >= 0; node = node.Parent!) visible[(i * columns) + node.Column] = true;
        }
        return visible;
    }

    private sealed class Node(int row, int depth, Node? parent, bool isEnd, bool isConstant)
    {
        public int Row => row;

        public int Depth => depth;

        public Node? Parent => parent;

        public bool IsEnd => isEnd;

        public bool IsConstant => isConstant;

        public Dictionary<(int Row, bool IsEnd), Node> Children { get; } = [];

        /// <summary>Its column in <see cref="Visible"/>: constants first, then the nodes of its branch.</summary>
        public int Column { get; set; } = -1;
    }
}

using System.Net;
using Bunit;
using PromptAD.Client;
using PromptAD.Server.Pages.Review;

namespace PromptAD.Server.Tests.Pages;

/// <summary>What operators mark on pictures, and what they are told of refusals in their language.</summary>
public sealed class MarkingTests
{
    [Fact]
    public void What_is_drawn_lies_in_the_picture_in_whichever_direction()
    {
        var marking = new Marking(100, 80);

        Assert.True(marking.Draw(60.4, 50, 20.2, -30));
        Assert.True(marking.Draw(90, 70, 500, 500));

        Assert.Equal([new(20, 0, 40, 50), new MarkedPlace(90, 70, 10, 10)], marking.Places);
        Assert.Equal(1, marking.InHand);
    }

    [Fact]
    public void A_click_marks_nothing_and_takes_what_lies_there_in_hand()
    {
        var marking = new Marking(1000, 800);
        marking.Draw(100, 100, 500, 500);
        marking.Draw(200, 200, 300, 300);

        Assert.False(marking.Draw(150, 150, 151, 152));
        Assert.Equal((0, 2), (marking.InHand, marking.Places.Count));
        marking.Draw(250, 250, 250, 250);
        Assert.Equal(1, marking.InHand);
        marking.Draw(900, 700, 900, 700);
        Assert.Equal(-1, marking.InHand);
    }

    [Fact]
    public void Keys_move_and_size_within_the_picture()
    {
        var marking = new Marking(100, 80);
        marking.Draw(10, 10, 30, 30);

        marking.Move(-50, 5);
        Assert.Equal(new MarkedPlace(0, 15, 20, 20), marking.Places[0]);
        marking.Move(500, 500);
        Assert.Equal(new MarkedPlace(80, 60, 20, 20), marking.Places[0]);
        marking.Grow(7, -500);
        Assert.Equal(new MarkedPlace(80, 60, 20, 1), marking.Places[0]);
        marking.Remove(0);
        marking.Move(1, 1);
        marking.Grow(1, 1);
        Assert.Empty(marking.Places);
    }

    [Fact]
    public void A_place_that_was_found_is_marked_first_and_then_the_middle()
    {
        var marking = new Marking(100, 80);
        DefectRegion[] found = [new(10, 20, 30, 10, 300, 1, 20, 25), new(12, 22, 4, 4, 16, 1, 13, 23)];

        marking.Add(found);
        marking.Add(found); // the second one lies in the first

        Assert.Equal([new(10, 20, 30, 10), new MarkedPlace(37, 30, 25, 20)], marking.Places);
        for (int i = 0; i < 60; i++) marking.Add(found);
        Assert.Equal((MarkedPlace.Most, false), (marking.Places.Count, marking.CanAdd));
    }

    [Fact]
    public void One_that_others_have_reviewed_stays_while_it_is_looked_at_or_holds_work()
    {
        var backlog = new ReviewBacklog();
        backlog.Add([Bad(4), Bad(3), Bad(2), Bad(1)]);

        backlog.Tell(Seen(4), holdsWork: false); // looked at
        backlog.Tell(Seen(3), holdsWork: true);
        backlog.Tell(Seen(2), holdsWork: false);

        Assert.Equal([4, 3, 1], backlog.Waiting.Select(one => one.Id));
        Assert.Equal("bert", backlog.Current!.ReviewedBy);
        backlog.Move(2);
        backlog.Settle(id => id == 3);
        Assert.Equal([3, 1], backlog.Waiting.Select(one => one.Id));
        Assert.Equal(1, backlog.Current!.Id);
        backlog.Tell(Bad(2), holdsWork: false); // taken back
        Assert.Equal([3, 2, 1], backlog.Waiting.Select(one => one.Id));
        Assert.Equal(1, backlog.Current!.Id);

        static InspectionResult Bad(long id) => new() { Id = id, State = InspectionState.Done, Verdict = InspectionVerdict.NG };

        static InspectionResult Seen(long id) => Bad(id) with { Review = ReviewedAs.Defect, ReviewedBy = "bert" };
    }

    [Fact]
    public async Task What_is_marked_is_named_for_screen_readers_and_removed_by_its_button()
    {
        await using BunitContext page = ComponentTests.NewPage("en");
        var marking = new Marking(100, 80);
        IRenderedComponent<MarkList> list = page.Render<MarkList>(with => with.Add(one => one.Marking, marking));

        list.Find(".mark-list > button").Click();
        const string Told = "Rectangle 1: left 37, top 30, 25 wide and 20 high, in pixels";
        Assert.Equal(Told, list.Find("[role=status]").TextContent);
        Assert.Equal($"1: 25 × 20, {Told}", list.Find("[data-mark='0']").GetAttribute("aria-label")); // begins as what is seen
        await list.Instance.PressAsync(0, "ArrowRight", shift: true);
        Assert.Contains("26 wide", list.Find("[role=status]").TextContent);
        list.Find("[aria-label='Take rectangle 1 away']").Click();

        Assert.Empty(marking.Places);
        Assert.Equal("Rectangle 1 is taken away.", list.Find("[role=status]").TextContent);
    }

    [Fact]
    public async Task A_picture_shows_what_was_marked_apart_from_what_was_found()
    {
        await using BunitContext page = ComponentTests.NewPage("de");
        IRenderedComponent<Server.Pages.Inspections.PictureView> view = page.Render<Server.Pages.Inspections.PictureView>(with => with.Add(
            one => one.Inspection, new InspectionResult { Id = 7, State = InspectionState.Done, Width = 100, Height = 80, Where = [new(1, 2, 3, 4)] }));

        Assert.Equal("3", view.Find("svg.regions rect.mark").GetAttribute("width"));
        Assert.Contains("Von Hand markiert: 1", view.Markup);
    }

    [Theory]
    [InlineData(429, "QueueFull", "Im Moment warten zu viele")]
    [InlineData(507, "DiskFull", "Die Platte des Dienstes ist voll")]
    [InlineData(409, "Overtaken", "inzwischen geändert")]
    [InlineData(415, "NotAPicture", "kein Bild einer Art")]
    [InlineData(404, "UnknownProduct", "Dieses Produkt gibt es nicht")]
    [InlineData(403, null, "Ihre Rolle darf das nicht")]
    [InlineData(503, null, "Der Dienst ist beschäftigt oder nicht da")]
    [InlineData(409, "Refused", "Der Dienst meldet auf Englisch: It would harm.")]
    public async Task Refusals_are_in_the_language_of_the_page_by_their_kind(int status, string? problem, string says)
    {
        string json = $$"""{"detail": "It would harm."{{(problem is null ? "" : $", \"problem\": \"{problem}\"")}}}""";
        await using BunitContext page = ComponentTests.NewPage("de", _ => ((HttpStatusCode)status, json));

        IRenderedComponent<Server.Pages.Teach.ProductPage> shown = page.Render<Server.Pages.Teach.ProductPage>(
            with => with.AddCascadingValue(new Server.Pages.LocalTimes("UTC")).Add(one => one.Id, "plate"));

        shown.WaitForAssertion(() => Assert.Contains(says, shown.Find("[role=alert]").TextContent));
        if (problem != "Refused") Assert.DoesNotContain("It would harm", shown.Markup);
    }
}

"""What happens to findings between the stage that makes them and the reader: located, suppressed, selected."""

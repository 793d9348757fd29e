"""Fulfilment: the goods of an order on their way to its buyer, shipment by shipment."""
